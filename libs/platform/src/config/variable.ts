import 'reflect-metadata';

/** What a configuration class says of one of its variables, beside how it is validated. */
export interface VariableOptions {
  /** What it is for, in one sentence; also the comment in `.env.example`. */
  readonly doc: string;
  /** Its value never appears in a message or a log. */
  readonly secret?: boolean;
  /** The default suits a laptop alone: with `NODE_ENV=production` it must be set. */
  readonly explicitInProduction?: boolean;
}

const VARIABLES = Symbol('watchword:variables');

/**
 * Marks a property of a configuration class as an environment variable of the same name.
 * The property's initial value is the default; class-validator's decorators say what it must be.
 */
export function Variable(options: VariableOptions): PropertyDecorator {
  return (prototype, property) => {
    const inherited = variablesOf(prototype.constructor);
    Reflect.defineMetadata(VARIABLES, new Map(inherited).set(String(property), options), prototype.constructor);
  };
}

/** The variables of a class, its base classes' first, in the order of declaration. */
export function variablesOf(target: object): ReadonlyMap<string, VariableOptions> {
  return (Reflect.getMetadata(VARIABLES, target) as Map<string, VariableOptions> | undefined) ?? new Map();
}
