import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { handlerClasses, isResolver, methodsOf } from '../boot/handler-classes.js';
import { GRAPHQL } from '../boot/nest-metadata.js';
import { requirementsOf } from '../requirements/requirements.js';
import type { Handler } from '../requirements/handler-place.js';

/** The options token of @nestjs/graphql. */
const OPTIONS = 'GqlModuleOptions';

const ROOT_TYPES: ReadonlySet<unknown> = new Set(['Query', 'Mutation', 'Subscription']);
/** It says of which type a value is, and resolves no field: Nest never runs a guard for it. */
const TYPE_OF_VALUE = '__resolveType';

/** A method of a resolver. */
interface ResolverMethod {
  readonly type: Type;
  readonly name: string;
  readonly method: Handler;
}

/** @internal Whether the method is a subscription. */
export function isSubscription(method: Handler): boolean {
  return Reflect.getMetadata(GRAPHQL.type, method) === 'Subscription';
}

/**
 * Nest runs guards for fields and references only where `fieldResolverEnhancers` says so.
 *
 * @throws TypeError for a field or a reference that needs the guard and does not have it
 */
export function auditFields(modules: ModulesContainer): void {
  if (runsGuardsForFields(modules)) return;
  const methods = resolverMethods(modules);
  const open = methods.find(({ type, method }) => isRoot(method) && requirementsOf(type, method).verify !== 'always');
  for (const resolver of methods) {
    if (isRoot(resolver.method) || requirementsOf(resolver.type, resolver.method).isPublic) continue;
    if (Reflect.hasMetadata(GRAPHQL.reference, resolver.method)) throw new TypeError(unguardedReference(resolver));
    if (isRestricted(resolver)) throw new TypeError(unguardedField(resolver));
    if (open !== undefined && resolver.name !== TYPE_OF_VALUE) throw new TypeError(openField(resolver, open));
  }
}

/** The part of @nestjs/graphql's GqlModuleOptions that says which enhancers run for fields. */
interface GraphqlOptions {
  readonly fieldResolverEnhancers?: readonly string[];
}

/** Whether every GraphQL module of the application runs guards for fields too. */
function runsGuardsForFields(modules: ModulesContainer): boolean {
  const options = [...modules.values()].flatMap(({ providers }) => {
    return (providers.get(OPTIONS)?.instance as GraphqlOptions | undefined) ?? [];
  });
  return options.every(({ fieldResolverEnhancers }) => fieldResolverEnhancers?.includes('guards') === true);
}

function resolverMethods(modules: ModulesContainer): ResolverMethod[] {
  return handlerClasses(modules).flatMap(({ type }) =>
    methodsOf(type).flatMap(([name, method]) => (isResolver(method) ? [{ type, name, method }] : [])),
  );
}

function isRoot(method: Handler): boolean {
  return ROOT_TYPES.has(Reflect.getMetadata(GRAPHQL.type, method));
}

function isRestricted({ type, method }: ResolverMethod): boolean {
  const { roles, scopes } = requirementsOf(type, method);
  return roles.length > 0 || scopes.length > 0;
}

const MEND = "GraphQLModule has no fieldResolverEnhancers: ['guards', 'filters']";

function unguardedField({ type, name }: ResolverMethod): string {
  return (
    `${type.name}.${name} is restricted, but Nest runs no guard for it: it resolves a field, and ${MEND}. ` +
    'Set them, or restrict the queries that lead to it.'
  );
}

function openField({ type, name }: ResolverMethod, open: ResolverMethod): string {
  return (
    `${type.name}.${name} requires a token, but Nest runs no guard for it: it resolves a field, and ${MEND}. ` +
    `${open.type.name}.${open.name} is @Public(), so it could lead strangers to this field. Set them, or mark the field @Public().`
  );
}

/** The `_entities` query of a federated schema calls a reference resolver directly, without a guarded query before. */
function unguardedReference({ type, name }: ResolverMethod): string {
  return (
    `${type.name}.${name} requires a token, but Nest runs no guard for it: it resolves a reference, and ${MEND}. ` +
    'Set them, or mark it @Public().'
  );
}
