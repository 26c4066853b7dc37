import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import type { ModulesContainer } from '@nestjs/core';
import { isDecorated, requirementsOf } from '../requirements/requirements.js';
import type { Handler } from '../requirements/handler-place.js';
import { handlerClasses, isGateway } from './handler-classes.js';

/** The metadata keys and the options token of @nestjs/graphql. Copied, because that package is optional. */
const METADATA = {
  resolver: ['graphql:resolver_type', 'graphql:resolve_property', 'graphql:resolve_reference'],
  resolverType: 'graphql:resolver_type',
  reference: 'graphql:resolve_reference',
  graphqlOptions: 'GqlModuleOptions',
} as const;

const ROOT_TYPES: ReadonlySet<unknown> = new Set(['Query', 'Mutation', 'Subscription']);
/** Lifecycle methods of a gateway. Nest calls them without guards. */
const LIFECYCLE: ReadonlySet<string> = new Set(['afterInit', 'handleConnection', 'handleDisconnect']);

/**
 * Computes the requirements of each method of controllers, resolvers and gateways.
 *
 * @throws TypeError if decorators contradict each other, or if Nest would not run the guard that they need
 */
export function auditHandlers(modules: ModulesContainer): void {
  const guardsFields = runsGuardsForFields(modules);
  for (const { type, isController } of handlerClasses(modules)) {
    const ofGateway = isGateway(type);
    for (const name of new MetadataScanner().getAllMethodNames(type.prototype)) {
      const method = (type.prototype as Partial<Record<string, Handler>>)[name];
      if (method === undefined) continue;
      const isResolver = METADATA.resolver.some((key) => Reflect.hasMetadata(key, method));
      if (isController || isResolver || ofGateway) requirementsOf(type, method);
      if (isResolver && isField(method) && !guardsFields) {
        if (Reflect.hasMetadata(METADATA.reference, method)) refuseUnguardedReference(type, name, method);
        else refuseUnguardedField(type, name, method);
      }
      if (ofGateway && LIFECYCLE.has(name)) refuseDecoratedLifecycle(type, name);
    }
  }
}

/** The part of @nestjs/graphql's GqlModuleOptions that says which enhancers run for fields. */
interface GraphqlOptions {
  readonly fieldResolverEnhancers?: readonly string[];
}

/** Whether every GraphQL module of the application runs guards for fields too. */
function runsGuardsForFields(modules: ModulesContainer): boolean {
  const options = [...modules.values()].flatMap(({ providers }) => {
    return (providers.get(METADATA.graphqlOptions)?.instance as GraphqlOptions | undefined) ?? [];
  });
  return options.every(({ fieldResolverEnhancers }) => fieldResolverEnhancers?.includes('guards') === true);
}

function isField(method: Handler): boolean {
  return !ROOT_TYPES.has(Reflect.getMetadata(METADATA.resolverType, method));
}

function refuseUnguardedField(type: Type, name: string, method: Handler): void {
  const { isPublic, roles, scopes } = requirementsOf(type, method);
  if (isPublic || (roles.length === 0 && scopes.length === 0)) return;
  throw new TypeError(
    `${type.name}.${name} is restricted, but Nest runs no guard for it: it resolves a field, and GraphQLModule has no ` +
      "fieldResolverEnhancers: ['guards', 'filters']. Set them, or restrict the queries that lead to it.",
  );
}

/** Nest treats a reference resolver as a field. But the `_entities` query of a federated schema calls it directly, without a guarded query before. */
function refuseUnguardedReference(type: Type, name: string, method: Handler): void {
  if (requirementsOf(type, method).isPublic) return;
  throw new TypeError(
    `${type.name}.${name} requires a token, but Nest runs no guard for it: it resolves a reference, and GraphQLModule has no ` +
      "fieldResolverEnhancers: ['guards', 'filters']. Set them, or mark it @Public().",
  );
}

function refuseDecoratedLifecycle(type: Type, name: string): void {
  if (!isDecorated(type, name)) return;
  throw new TypeError(
    `${type.name}.${name} has @Public, @Roles or @Scopes, but Nest runs no guard for it. Remove them from it: the guard ` +
      'checks each message of the connection at its handler.',
  );
}
