import { ValidateBy } from 'class-validator';
import { weaknessOf } from './weak-secret.js';

/** Secrets separated by commas. None may be a placeholder or a pattern. */
export function IsRandomSecretList(): PropertyDecorator {
  return ValidateBy({
    name: 'isRandomSecretList',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && faultOf(value) === undefined,
      defaultMessage: (args) => `$property has a secret that ${faultOf(String(args?.value)) ?? 'is missing'}`,
    },
  });
}

function faultOf(list: string): string | undefined {
  return list
    .split(',')
    .map((secret) => weaknessOf(secret.trim()))
    .find((fault) => fault !== undefined);
}
