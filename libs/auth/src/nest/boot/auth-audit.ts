import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/internal';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { declarationsOf, requirementsOf } from '../requirements/requirements.js';
import type { Handler } from '../requirements/handler-place.js';
import { handlerClasses, isGateway } from './handler-classes.js';

/** A handler of the application, and what it requires. */
export interface AuditedHandler {
  readonly kind: 'http' | 'message' | 'event' | 'graphql' | 'websocket';
  /** `GET /parcels/:id` (without a global prefix or a version), the pattern of a message, `Query parcel`, or the message of a gateway. */
  readonly route: string;
  /** The class and the method: `ParcelsController.mine`. */
  readonly handler: string;
  /** `token`: one is required. `optional`: one that comes must be valid. `public`: none is looked at. */
  readonly access: 'token' | 'optional' | 'public';
  /** The caller needs one role of each group. */
  readonly roles: readonly (readonly string[])[];
  /** The caller's token needs all of these. */
  readonly scopes: readonly string[];
  /** Where that is said: decorators with the class or the method that has them. Empty where the default holds. */
  readonly declaredBy: readonly string[];
}

/**
 * Lists what every handler of an application requires: for a snapshot test in your own repository, which then shows each change of it
 * in review. `npx watchword routes dist/app.module.js` prints the same as a table.
 *
 * @example
 * ```ts
 * import type { INestApplication } from '@nestjs/common';
 * import { AuthAudit } from '@watchword/auth';
 *
 * // expect(publicRoutes(app)).toEqual(['GET /health']);
 * export function publicRoutes(app: INestApplication): string[] {
 *   const handlers = app.get(AuthAudit).handlers();
 *   return handlers.filter(({ access }) => access === 'public').map(({ route }) => route);
 * }
 * ```
 */
export class AuthAudit {
  /** @internal `AuthModule` makes it. */
  constructor(private readonly modules: ModulesContainer) {}

  /** Every handler, sorted by kind and route. @throws TypeError for decorators that contradict each other */
  handlers(): AuditedHandler[] {
    return handlerClasses(this.modules)
      .flatMap(({ type, isController }) => handlersOf(type, isController))
      .toSorted((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1));
  }
}

function orderOf({ kind, route, handler }: AuditedHandler): string {
  return [kind, route.replace(/^\S+ \//, '/'), route, handler].join('\0');
}

function handlersOf(type: Type, isController: boolean): AuditedHandler[] {
  const prototype = type.prototype as Partial<Record<string, Handler>>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const method = prototype[name];
    return method === undefined
      ? []
      : entriesOf(type, method, isController).map((entry) => audited(entry, type, name, method));
  });
}

type Entry = Pick<AuditedHandler, 'kind' | 'route'>;

/** The routes that lead to a method, by the metadata of Nest's packages. */
function entriesOf(type: Type, method: Handler, isController: boolean): Entry[] {
  if (isController) return [...httpRoutes(type, method), ...messages(method)];
  if (isGateway(type))
    return textsOf(Reflect.getMetadata('message', method)).map((route) => ({ kind: 'websocket', route }));
  return resolved(type, method);
}

function httpRoutes(type: Type, method: Handler): Entry[] {
  if (!Reflect.hasMetadata(METHOD_METADATA, method)) return [];
  const verb = RequestMethod[Reflect.getMetadata(METHOD_METADATA, method) as RequestMethod];
  const below = textsOf(Reflect.getMetadata(PATH_METADATA, method));
  return textsOf(Reflect.getMetadata(PATH_METADATA, type)).flatMap((base) =>
    below.map((path) => ({ kind: 'http' as const, route: `${verb} ${joined(base, path)}` })),
  );
}

const EVENT = 2;

function messages(method: Handler): Entry[] {
  const patterns = (Reflect.getMetadata('microservices:pattern', method) ?? []) as unknown[];
  const kind = Reflect.getMetadata('microservices:handler_type', method) === EVENT ? 'event' : 'message';
  return patterns.flatMap(textsOf).map((route) => ({ kind, route }));
}

function resolved(type: Type, method: Handler): Entry[] {
  const root: unknown = Reflect.getMetadata('graphql:resolver_type', method);
  const isField = Reflect.hasMetadata('graphql:resolve_property', method);
  const isReference = Reflect.hasMetadata('graphql:resolve_reference', method);
  if (root === undefined && !isField && !isReference) return [];
  const name = (Reflect.getMetadata('graphql:resolver_name', method) ?? method.name) as string;
  const owner = String(root ?? Reflect.getMetadata('graphql:resolver_type', type) ?? type.name);
  return [{ kind: 'graphql', route: `${isReference ? 'reference' : owner} ${name}` }];
}

function audited(entry: Entry, type: Type, name: string, method: Handler): AuditedHandler {
  const { isPublic, verify, roles, scopes } = requirementsOf(type, method);
  return {
    ...entry,
    handler: `${type.name}.${name}`,
    access: verify === 'optional' ? 'optional' : isPublic ? 'public' : 'token',
    roles: roles.map((group) => [...group]),
    scopes,
    declaredBy: declarationsOf(type, method),
  };
}

/** Patterns and paths are text, lists of text, or objects. */
function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return [typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)];
}

function joined(...parts: readonly string[]): string {
  const names = parts.flatMap((part) => part.split('/')).filter((part) => part !== '');
  return `/${names.join('/')}`;
}
