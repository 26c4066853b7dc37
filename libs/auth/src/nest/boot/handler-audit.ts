import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { isDecorated, requirementsOf } from '../requirements/requirements.js';
import { handlerClasses, isGateway, isResolver, methodsOf } from './handler-classes.js';
import { requireModule } from './needed-module.js';

/** Lifecycle methods of a gateway. Nest calls them without guards. */
const LIFECYCLE: ReadonlySet<string> = new Set(['afterInit', 'handleConnection', 'handleDisconnect']);

/**
 * Computes the requirements of each method of controllers, resolvers and gateways.
 *
 * @throws TypeError if decorators contradict each other, or if Nest would not run the guard that they need
 * @throws Error if a module of this library is missing that the handlers need
 */
export function auditHandlers(modules: ModulesContainer): void {
  for (const { type, isController } of handlerClasses(modules)) {
    const ofGateway = isGateway(type);
    if (ofGateway) requireModule('ws', type, modules);
    for (const [name, method] of methodsOf(type)) {
      const ofResolver = isResolver(method);
      if (ofResolver) requireModule('graphql', type, modules);
      if (isController || ofResolver || ofGateway) requirementsOf(type, method);
      if (ofGateway && LIFECYCLE.has(name)) refuseDecoratedLifecycle(type, name);
    }
  }
}

function refuseDecoratedLifecycle(type: Type, name: string): void {
  if (!isDecorated(type, name)) return;
  throw new TypeError(
    `${type.name}.${name} has @Public, @Roles or @Scopes, but Nest runs no guard for it. Remove them from it: the guard ` +
      'checks each message of the connection at its handler.',
  );
}
