import { ValidateBy } from 'class-validator';
import { parseKeyEncryptionKeys } from '../cryptography/key-encryption-keys.js';
import { weaknessOf } from './weak-secret.js';

const MAKE_ONE = `create one with: node -p "'1:' + crypto.randomBytes(32).toString('base64url')"`;

/** `version:secret[,version:secret…]`, the format of KEY_ENCRYPTION_KEYS, with secrets that look random. */
export function IsKeyEncryptionKeys(): PropertyDecorator {
  return ValidateBy({
    name: 'isKeyEncryptionKeys',
    validator: {
      validate: (value: unknown) => faultOf(value) === undefined,
      defaultMessage: (args) => `$property must be VERSION:SECRET[,VERSION:SECRET…]: ${faultOf(args?.value) ?? ''}`,
    },
  });
}

function faultOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '')
    return `it must be set in production and with DATABASE_URL; ${MAKE_ONE}`;
  try {
    parseKeyEncryptionKeys(value);
  } catch (error) {
    return (error as TypeError).message;
  }
  const weakness = value
    .split(',')
    .map((entry) => weaknessOf(entry.slice(entry.indexOf(':') + 1)))
    .find((fault) => fault !== undefined);
  return weakness && `a secret ${weakness}; ${MAKE_ONE}`;
}
