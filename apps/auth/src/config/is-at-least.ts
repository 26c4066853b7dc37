import { ValidateBy, type ValidationArguments } from 'class-validator';

/** At least the sum of other variables, for times that depend on each other. `why` is in the message, after the minimum. */
export function IsAtLeast(names: readonly string[], why: string): PropertyDecorator {
  return ValidateBy({
    name: 'isAtLeastSum',
    validator: {
      // If another variable is not a number, that is reported there and not here.
      validate: (value: unknown, args) => typeof value === 'number' && !(value < minimum(names, args)),
      defaultMessage: (args) =>
        `$property must be at least ${String(minimum(names, args))} (${names.join(' + ')}): ${why}`,
    },
  });
}

function minimum(names: readonly string[], args: ValidationArguments | undefined): number {
  const config = args?.object ?? {};
  return names.reduce((total, name) => total + Number(Reflect.get(config, name)), 0);
}
