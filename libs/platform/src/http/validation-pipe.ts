import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { ProblemError, type FieldError } from '../errors/problem-error.js';
import { UNREAD_BODY } from './unread-body.js';

/** A body of small unknown fields must not become an answer many times its size. */
const MOST_ERRORS = 50;

/** Validates what comes in against its DTO class: unknown fields are refused, values are never converted by guessing. */
export function createValidationPipe(): ValidationPipe {
  return new BodyAwarePipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    // Off in Nest; an array or a text where an object is expected would go unchecked.
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) =>
      new ProblemError(400, 'validation_failed', 'What was sent is not valid', {
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
