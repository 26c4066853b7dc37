import { readSharedSecret } from '@watchword/auth';
import { ValidateBy, type ValidationOptions } from 'class-validator';

/** One or two different secrets that verifiers accept, separated by a comma. */
export function IsSharedSecretList(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isSharedSecretList',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && isSharedSecretList(value),
        defaultMessage: () =>
          '$property must be one or two different secrets, separated by a comma, each of at least 32 random bytes in ' +
          `base64url: node -p "crypto.randomBytes(32).toString('base64url')"`,
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
  try {
    readSharedSecret(text);
    return true;
  } catch {
    return false;
  }
}
