import 'reflect-metadata';

/** The description of a variable of a configuration class, besides its validation. */
export interface VariableOptions {
  /** Its purpose, in one sentence; also the comment in `.env.example`. */
  readonly doc: string;
  /** Whether its value must never appear in a message or a log. */
  readonly secret?: boolean;
  /** Whether the default is for development only: with `NODE_ENV=production` the variable must be set. */
  readonly explicitInProduction?: boolean;
}

const VARIABLES = Symbol('watchword:variables');

/**
 * Marks a property of a configuration class as an environment variable of the same name.
 * The initial value of the property is its default. The decorators of class-validator validate it.
 */
export function Variable(options: VariableOptions): PropertyDecorator {
  return (prototype, property) => {
    const inherited = variablesOf(prototype.constructor);
    Reflect.defineMetadata(VARIABLES, new Map(inherited).set(String(property), options), prototype.constructor);
  };
}

/** The variables of a class in the order of their declaration, beginning with those of its base classes. */
export function variablesOf(target: object): ReadonlyMap<string, VariableOptions> {
  return (Reflect.getMetadata(VARIABLES, target) as Map<string, VariableOptions> | undefined) ?? new Map();
}
