import type { Type } from '@nestjs/common';
import { variablesOf } from './variable.js';

/** An environment variable, for documentation and `.env.example`. */
export interface VariableDescription {
  readonly name: string;
  readonly doc: string;
  /** As written in an environment file; undefined if there is no default. */
  readonly defaultValue: string | undefined;
  readonly secret: boolean;
  readonly explicitInProduction: boolean;
}

/** All variables of a configuration class, beginning with those of its base classes. */
export function describeVariables(configClass: Type<object>): VariableDescription[] {
  const defaults = new configClass();
  return [...variablesOf(configClass)].map(([name, options]) => {
    const value = Reflect.get(defaults, name) as string | number | boolean | undefined;
    return {
      name,
      doc: options.doc,
      defaultValue: value === undefined ? undefined : String(value),
      secret: options.secret === true,
      explicitInProduction: options.explicitInProduction === true,
    };
  });
}
