import { ValidateBy, type ValidationArguments } from 'class-validator';

/** At least the sum of other variables: for times that are only safe together. `why` is said with the minimum. */
export function IsAtLeast(names: readonly string[], why: string): PropertyDecorator {
  return ValidateBy({
    name: 'isAtLeastSum',
    validator: {
      // A variable that is no number has a fault of its own: it says nothing of this one.
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
