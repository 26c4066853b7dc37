import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';

/** The kinds of handlers that need a module of their own beside `AuthModule`. */
const MODULES = {
  graphql: { name: 'AuthGraphqlModule', from: '@watchword/auth/graphql' },
  ws: { name: 'AuthWsModule', from: '@watchword/auth/ws' },
} as const;

/** @internal A static property of such a module: the kind of handlers that it is for. */
export const GUARDS = Symbol.for('watchword:guards');

/** @throws Error if the application has such handlers, and not their module */
export function requireModule(kind: keyof typeof MODULES, handlers: Type, modules: ModulesContainer): void {
  if ([...modules.values()].some(({ metatype }) => (metatype as { [GUARDS]?: unknown })[GUARDS] === kind)) return;
  const { name, from } = MODULES[kind];
  throw new Error(
    `${handlers.name} handles requests that AuthModule alone does not guard. Import ${name} from '${from}' beside it.`,
  );
}
