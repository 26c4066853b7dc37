import type { PipeTransform } from '@nestjs/common';
import { ProblemError } from '@watchword/platform';

const PRINTABLE = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key` header: 1 to 255 printable ASCII characters, or none. */
export class IdempotencyKeyPipe implements PipeTransform<string | undefined, string | undefined> {
  transform(key: string | undefined): string | undefined {
    if (key === undefined || PRINTABLE.test(key)) return key;
    throw new ProblemError(
      400,
      'validation_failed',
      'Idempotency-Key must be 1 to 255 printable ASCII characters without spaces',
    );
  }
}
