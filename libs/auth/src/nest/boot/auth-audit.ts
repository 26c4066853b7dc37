import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/internal';
import type { ModulesContainer } from '@nestjs/core';
import { declarationsOf, requirementsOf, type Requirements } from '../requirements/requirements.js';
import type { Handler } from '../requirements/handler-place.js';
import { handlerClasses, isGateway, methodsOf } from './handler-classes.js';
import { GRAPHQL, handlesEvents, patternsOf, textOfPattern } from './nest-metadata.js';

/** A handler of the application, and what it requires. */
export interface AuditedHandler {
  readonly kind: 'http' | 'message' | 'event' | 'graphql' | 'websocket';
  /** `GET /parcels/:id` (without a global prefix or a version), the pattern of a message, `Query parcel`, or the message of a gateway. */
  readonly route: string;
  /** The class and the method: `ParcelsController.mine`. */
  readonly handler: string;
  /** `always`: a token is required. `optional`: one that comes must be valid. `never`: the handler is public. */
  readonly verify: Requirements['verify'];
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
 *   return handlers.filter(({ verify }) => verify === 'never').map(({ route }) => route);
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
  return methodsOf(type).flatMap(([name, method]) =>
    entriesOf(type, method, isController).map((entry) => audited(entry, type, name, method)),
  );
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

function messages(method: Handler): Entry[] {
  const kind = handlesEvents(method) ? 'event' : 'message';
  return patternsOf(method).map((route) => ({ kind, route }));
}

function resolved(type: Type, method: Handler): Entry[] {
  const root: unknown = Reflect.getMetadata(GRAPHQL.type, method);
  const isField = Reflect.hasMetadata(GRAPHQL.field, method);
  const isReference = Reflect.hasMetadata(GRAPHQL.reference, method);
  if (root === undefined && !isField && !isReference) return [];
  const name = (Reflect.getMetadata(GRAPHQL.name, method) ?? method.name) as string;
  const owner = String(root ?? Reflect.getMetadata(GRAPHQL.type, type) ?? type.name);
  return [{ kind: 'graphql', route: `${isReference ? 'reference' : owner} ${name}` }];
}

function audited(entry: Entry, type: Type, name: string, method: Handler): AuditedHandler {
  const { verify, roles, scopes } = requirementsOf(type, method);
  return {
    ...entry,
    handler: `${type.name}.${name}`,
    verify,
    roles: roles.map((group) => [...group]),
    scopes,
    declaredBy: declarationsOf(type, method),
  };
}

/** Paths and messages are text, lists of text, or objects. */
function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return [value === undefined ? '' : textOfPattern(value)];
}

function joined(...parts: readonly string[]): string {
  const names = parts.flatMap((part) => part.split('/')).filter((part) => part !== '');
  return `/${names.join('/')}`;
}
