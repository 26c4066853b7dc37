import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Refusal } from '@watchword/platform';
import type { Request } from 'express';

const PRINTABLE = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key` header of the request, or undefined. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) =>
  parseIdempotencyKey(context.switchToHttp().getRequest<Request>().get('idempotency-key')),
);

/** @throws Refusal `validation_failed` */
export function parseIdempotencyKey(key: string | undefined): string | undefined {
  if (key === undefined || PRINTABLE.test(key)) return key;
  throw new Refusal(
    'invalid',
    'validation_failed',
    'Idempotency-Key must be 1 to 255 printable ASCII characters without spaces',
  );
}
