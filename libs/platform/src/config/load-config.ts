import type { Type } from '@nestjs/common';
import { validateSync } from 'class-validator';
import { ConfigError } from './config-error.js';
import type { Environment } from './environment.js';
import { variablesOf } from './variable.js';

/**
 * Reads and validates a configuration from the environment.
 *
 * A variable that is unset or empty has its default. All faults are reported together, one per variable.
 *
 * @throws ConfigError that names each invalid variable and its allowed values
 */
export function loadConfig<T extends object>(app: string, configClass: Type<T>, environment: Environment): T {
  const config = new configClass();
  const missing: string[] = [];
  const production = environment['NODE_ENV'] === 'production';
  for (const [name, { explicitInProduction }] of variablesOf(configClass)) {
    const text = environment[name]?.trim();
    if (text !== undefined && text !== '') {
      Reflect.set(config, name, parse(text, typeOf(config, name)));
    } else if (production && explicitInProduction === true) {
      missing.push(name);
    }
  }
  const faults = [
    ...missing.map((name) => `${name} must be set when NODE_ENV is production: its default is for development only`),
    ...invalid(config, environment, missing),
  ];
  if (faults.length > 0) throw new ConfigError(app, faults);
  return Object.freeze(config);
}

function invalid(config: object, environment: Environment, known: readonly string[]): string[] {
  const variables = variablesOf(config.constructor);
  const order = [...variables.keys()];
  const errors = validateSync(config)
    .filter(({ property }) => !known.includes(property))
    .sort((a, b) => order.indexOf(a.property) - order.indexOf(b.property));
  return errors.map(({ property, constraints }) => {
    const { secret } = variables.get(property) ?? {};
    const given = environment[property]?.trim();
    const shown =
      given === undefined || given === ''
        ? 'it is not set'
        : secret === true
          ? 'its value is not shown'
          : `it is ${JSON.stringify(given)}`;
    // Decorators run from the last to the first, so the last message belongs to the decorator that is written first.
    const demand = Object.values(constraints ?? {}).at(-1) ?? `${property} is wrong`;
    return `${demand} (${shown})`;
  });
}

/** The declared type, or the type of the default. */
function typeOf(config: object, name: string): unknown {
  const declared: unknown = Reflect.getMetadata('design:type', config, name);
  if (declared === Number || declared === Boolean || declared === String) return declared;
  const byDefault: unknown = Reflect.get(config, name);
  if (typeof byDefault === 'number') return Number;
  return typeof byDefault === 'boolean' ? Boolean : String;
}

/** A text that cannot be converted is returned unchanged; the validator then refuses it. */
function parse(text: string, type: unknown): unknown {
  if (type === Number) return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (type === Boolean) return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}
