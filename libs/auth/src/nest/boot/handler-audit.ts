import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import type { ModulesContainer } from '@nestjs/core';
import { isDecorated, requirementsOf } from '../requirements/requirements.js';
import type { Handler } from '../requirements/handler-place.js';
import { handlerClasses, isGateway } from './handler-classes.js';

/** What @nestjs/graphql writes on methods, and the token of its options. The package need not be there. */
const METADATA = {
  resolver: ['graphql:resolver_type', 'graphql:resolve_property', 'graphql:resolve_reference'],
  resolverType: 'graphql:resolver_type',
  reference: 'graphql:resolve_reference',
  graphqlOptions: 'GqlModuleOptions',
} as const;

const ROOT_TYPES: ReadonlySet<unknown> = new Set(['Query', 'Mutation', 'Subscription']);
/** Nest calls these of a gateway itself, and runs no guard. */
const LIFECYCLE: ReadonlySet<string> = new Set(['afterInit', 'handleConnection', 'handleDisconnect']);

/**
 * Works out what each method of controllers, resolvers and gateways requires.
 *
 * @throws TypeError where decorators contradict each other, or where Nest would not run the guard that they rely on
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

/** Nest treats it as a field. But no guarded query leads to it: a federated schema's `_entities` asks for it directly. */
function refuseUnguardedReference(type: Type, name: string, method: Handler): void {
  if (requirementsOf(type, method).isPublic) return;
  throw new TypeError(
    `${type.name}.${name} needs a token, but Nest runs no guard for it: it resolves a reference, and GraphQLModule has no ` +
      "fieldResolverEnhancers: ['guards', 'filters']. Set them, or mark it @Public().",
  );
}

function refuseDecoratedLifecycle(type: Type, name: string): void {
  if (!isDecorated(type, name)) return;
  throw new TypeError(
    `${type.name}.${name} has @Public, @Roles or @Scopes, but Nest runs no guard for it. Remove them there: each message ` +
      'of the connection is guarded at its own handler.',
  );
}
