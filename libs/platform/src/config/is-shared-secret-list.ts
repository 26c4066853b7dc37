import { ValidateBy, type ValidationOptions } from 'class-validator';

const LEAST_BYTES = 32;

/** One or two different base64url secrets, each of 32 bytes or more (RFC 7518 §3.2), separated by a comma. */
export function IsSharedSecretList(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isSharedSecretList',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && isSharedSecretList(value),
        defaultMessage: () =>
          `$property must be one or two different secrets, base64url of at least ${String(LEAST_BYTES)} bytes each, separated by a comma`,
      },
    },
    options,
  );
}

function isSharedSecretList(text: string): boolean {
  const secrets = text.split(',').map((secret) => secret.trim());
  return secrets.length <= 2 && new Set(secrets).size === secrets.length && secrets.every(isSecret);
}

function isSecret(text: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(text) && Buffer.from(text, 'base64url').length >= LEAST_BYTES;
}
