import type { Type } from '@nestjs/common';
import { variablesOf } from './variable.js';

/** One environment variable, as documentation and `.env.example` show it. */
export interface VariableDescription {
  readonly name: string;
  readonly doc: string;
  /** As it would be written in an environment file; undefined where there is none. */
  readonly defaultValue: string | undefined;
  readonly secret: boolean;
  readonly explicitInProduction: boolean;
}

/** Every variable that a configuration class knows, those of its base classes first. */
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
