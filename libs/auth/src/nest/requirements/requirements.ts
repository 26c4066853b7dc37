import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { registerCopy } from './copies.js';
import { ancestry, placeOf, prototypesOf } from './handler-place.js';
import type { Handler, HandlerPlace } from './handler-place.js';

/** What a handler asks of its caller. */
export interface Requirements {
  /** Anybody may call, with or without a token. */
  readonly isPublic: boolean;
  /**
   * When a token is verified: always; never, in a public handler; or, in a public handler that says so, where one comes along, which
   * then has to be good.
   */
  readonly verify: 'always' | 'optional' | 'never';
  /** Of each group the caller has at least one role. */
  readonly roles: readonly ReadonlySet<string>[];
  /** The caller's token has all of these. */
  readonly scopes: readonly string[];
  /** The handler takes the caller as a parameter, so whoever lets it in has to keep it. */
  readonly readsCaller: boolean;
}

/** What one decorated class or method says. */
interface Declaration {
  isPublic: boolean;
  /** Of a public one. */
  verify?: 'optional' | 'never';
  roles: ReadonlySet<string>[];
  scopes: string[];
  readsCaller: boolean;
}

/** Known to every copy of this library, so that the decorators of another one count as well. */
const DECLARATION = Symbol.for('watchword:requirements');

/** @internal Adds to what the decorated class or method declares. */
export function declare(
  target: object,
  key: string | symbol | undefined,
  change: (declaration: Declaration) => void,
): void {
  registerCopy();
  const declared = ownDeclaration(target, key) ?? { isPublic: false, roles: [], scopes: [], readsCaller: false };
  change(declared);
  // By the method's place in its class, not on its function: a decorator that wraps the function can't hide it.
  if (key === undefined) Reflect.defineMetadata(DECLARATION, declared, target);
  else Reflect.defineMetadata(DECLARATION, declared, target, key);
}

/**
 * What `handler` of `controller` requires: its own declaration, those of the methods that it overrides, and those of the
 * class and its ancestors together. Worked out once for each.
 *
 * A restriction of a class also holds for its subclasses; `@Public()` holds for that class or that method alone.
 *
 * @throws TypeError when the decorators contradict each other, or when `handler` can't be found on `controller`.
 */
export function requirementsOf(controller: Type, handler: Handler): Requirements {
  let ofController = resolved.get(controller);
  if (ofController === undefined) resolved.set(controller, (ofController = new WeakMap()));
  let requirements = ofController.get(handler);
  if (requirements === undefined) ofController.set(handler, (requirements = resolve(controller, handler)));
  return requirements;
}

/** By controller first: subclasses share a handler's function, but their classes can require something else. */
const resolved = new WeakMap<Type, WeakMap<Handler, Requirements>>();

function resolve(controller: Type, handler: Handler): Requirements {
  const classes = ancestry(controller).flatMap((type) => ownDeclaration(type, undefined) ?? []);
  const place = placeOf(controller, handler);
  const { isPublic, methods } = methodDeclarations(controller, place);
  const isPublicClass = ownDeclaration(controller, undefined)?.isPublic === true;
  refuseContradiction(isPublicClass, classes, controller.name);
  refuseContradiction(isPublic, methods, `${controller.name}.${String(place.key)}`);
  const readsCaller = methods.some((declaration) => declaration.readsCaller);
  if (isPublic) return publicly(ownDeclaration(place.prototype, place.key), readsCaller);
  const declarations = [...classes, ...methods];
  if (isPublicClass && !restricts(declarations)) return publicly(ownDeclaration(controller, undefined), readsCaller);
  return Object.freeze({
    isPublic: false,
    verify: 'always',
    roles: declarations.flatMap((declaration) => declaration.roles),
    scopes: [...new Set(declarations.flatMap((declaration) => declaration.scopes))],
    readsCaller,
  });
}

function publicly(declaration: Declaration | undefined, readsCaller: boolean): Requirements {
  const verify = declaration?.verify ?? 'never';
  return Object.freeze({
    isPublic: true,
    verify,
    roles: [],
    scopes: [],
    readsCaller: verify === 'optional' && readsCaller,
  });
}

/** The handler's own declaration and those of what it overrides. (Nest hands parameter decorators down in the same way.) */
function methodDeclarations(
  controller: Type,
  { prototype, key }: HandlerPlace,
): { isPublic: boolean; methods: Declaration[] } {
  const prototypes = prototypesOf(controller);
  const methods = prototypes.slice(prototypes.indexOf(prototype)).flatMap((type) => ownDeclaration(type, key) ?? []);
  return { isPublic: ownDeclaration(prototype, key)?.isPublic === true, methods };
}

/** @internal Whether this method itself has one of the decorators, or one that it overrides. */
export function isDecorated(type: Type, key: string): boolean {
  return prototypesOf(type).some((prototype) => ownDeclaration(prototype, key) !== undefined);
}

function ownDeclaration(target: object, key: string | symbol | undefined): Declaration | undefined {
  return (
    key === undefined ? Reflect.getOwnMetadata(DECLARATION, target) : Reflect.getOwnMetadata(DECLARATION, target, key)
  ) as Declaration | undefined;
}

function restricts(declarations: readonly Declaration[]): boolean {
  return declarations.some(({ roles, scopes }) => roles.length > 0 || scopes.length > 0);
}

function refuseContradiction(isPublic: boolean, declarations: readonly Declaration[], where: string): void {
  if (isPublic && restricts(declarations)) {
    throw new TypeError(`${where} is @Public() and also restricted by @Roles or @Scopes. Keep one of the two.`);
  }
}
