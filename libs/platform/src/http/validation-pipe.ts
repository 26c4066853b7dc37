import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { ProblemError, type FieldError } from '../errors/problem-error.js';
import { UNREAD_BODY } from './unread-body.js';

/** A body with many unknown fields must not cause a response that is many times as large. */
const MOST_ERRORS = 50;

/** Validates input against its DTO class: unknown fields are refused, and types are not converted implicitly. */
export function createValidationPipe(): ValidationPipe {
  return new BodyAwarePipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    // Nest's default is off; then an array or a string in the place of an object would not be validated.
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) =>
      new ProblemError(400, 'validation_failed', 'The request is not valid', {
        errors: errors.flatMap((error) => flatten(error)).slice(0, MOST_ERRORS),
      }),
  });
}

class BodyAwarePipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (value !== UNREAD_BODY) return super.transform(value, metadata);
    throw new ProblemError(415, 'unsupported_media_type', 'Send the body as JSON, with Content-Type: application/json');
  }
}

function flatten({ property, constraints, children }: ValidationError, parent = ''): FieldError[] {
  const field = parent === '' ? property : `${parent}.${property}`;
  const own = Object.values(constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(children ?? []).flatMap((child) => flatten(child, field))];
}
