import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { registerCopy } from './copies.js';
import { ancestry, placeOf, prototypesOf, type Handler, type HandlerPlace } from './handler-place.js';

/** What a handler requires of its caller. */
export interface Requirements {
  /** Everybody may call it, with or without a token. */
  readonly isPublic: boolean;
  /**
   * Whether a token is verified: always in a guarded handler; never in a public handler; or, with `optional`, if the request has
   * one, which then must be valid.
   */
  readonly verify: 'always' | 'optional' | 'never';
  /** The caller needs at least one role of each group. */
  readonly roles: readonly ReadonlySet<string>[];
  /** The caller's token needs all of these. */
  readonly scopes: readonly string[];
  /** The handler has the caller as a parameter, so the guard must store the caller. */
  readonly readsCaller: boolean;
}

/** What the decorators of one class or method declare. */
interface Declaration {
  isPublic: boolean;
  /** Only if it is public. */
  verify?: 'optional' | 'never';
  roles: ReadonlySet<string>[];
  scopes: string[];
  readsCaller: boolean;
}

/** Shared by all copies of this library, so that the decorators of another copy count too. */
const DECLARATION = Symbol.for('watchword:requirements');

/** @internal Changes what the decorators of a class or method declare. */
export function declare(
  target: object,
  key: string | symbol | undefined,
  change: (declaration: Declaration) => void,
): void {
  registerCopy();
  const declared = ownDeclaration(target, key) ?? { isPublic: false, roles: [], scopes: [], readsCaller: false };
  change(declared);
  // Stored by class and method name, not on the function: a decorator that wraps the function cannot hide it.
  if (key === undefined) Reflect.defineMetadata(DECLARATION, declared, target);
  else Reflect.defineMetadata(DECLARATION, declared, target, key);
}

/**
 * What `handler` of `controller` requires: its own declaration, and those of the methods that it overrides, of the class, and of
 * the classes that it extends. Computed once for each handler.
 *
 * A restriction of a class also holds for its subclasses; `@Public()` holds for that class or that method alone.
 *
 * @throws TypeError if the decorators contradict each other, or if `handler` is not a method of `controller`
 *
 * @example
 * ```ts
 * import type { Type } from '@nestjs/common';
 * import { requirementsOf } from '@watchword/auth';
 *
 * // Names the public handlers of a controller, for a test that no new one appears.
 * export function publicHandlers(controller: Type): string[] {
 *   const names = Object.getOwnPropertyNames(controller.prototype).filter((name) => name !== 'constructor');
 *   return names.filter((name) => requirementsOf(controller, controller.prototype[name]).isPublic);
 * }
 * ```
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
  const place = placeOf(controller, handler);
  const classes = classDeclarations(controller).map(({ declared }) => declared);
  const methods = methodDeclarations(controller, place).map(({ declared }) => declared);
  const isPublic = ownDeclaration(place.prototype, place.key)?.isPublic === true;
  const ofPublicClass = isPublicClass(controller);
  refuseContradiction(ofPublicClass, classes, controller.name);
  refuseContradiction(isPublic, methods, `${controller.name}.${String(place.key)}`);
  const readsCaller = methods.some((declaration) => declaration.readsCaller);
  if (isPublic) return publicly(ownDeclaration(place.prototype, place.key), readsCaller);
  const declarations = [...classes, ...methods];
  if (ofPublicClass && !restricts(declarations)) return publicly(ownDeclaration(controller, undefined), readsCaller);
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

/** What the decorators of a class or a method declare, and its name. */
interface PlacedDeclaration {
  readonly declared: Declaration;
  readonly where: string;
}

/** The declarations of the class and of the classes that it extends. */
function classDeclarations(controller: Type): PlacedDeclaration[] {
  return ancestry(controller).flatMap((type) => placed(ownDeclaration(type, undefined), type.name));
}

/** The handler's own declaration and those of the methods that it overrides. (Nest inherits parameter decorators in the same way.) */
function methodDeclarations(controller: Type, { prototype, key }: HandlerPlace): PlacedDeclaration[] {
  const prototypes = prototypesOf(controller);
  return prototypes
    .slice(prototypes.indexOf(prototype))
    .flatMap((type) => placed(ownDeclaration(type, key), `${type.constructor.name}.${String(key)}`));
}

function placed(declared: Declaration | undefined, where: string): PlacedDeclaration[] {
  return declared === undefined ? [] : [{ declared, where }];
}

/** What is said of a handler: {@link Requirements}, or what of them an audit lists. */
interface Requirement extends Pick<Requirements, 'verify' | 'scopes'> {
  readonly roles: readonly Iterable<string>[];
}

/** @internal What a handler requires, in words. */
export function textOfRequirements({ verify, roles, scopes }: Requirement): string {
  if (verify === 'never') return 'nothing';
  if (verify === 'optional') return 'a token is optional';
  const parts = roles.map((names) => {
    const group = [...names];
    return `${group.length === 1 ? 'role' : 'one role of'} ${group.join(', ')}`;
  });
  return [...parts, ...scopes.map((scope) => `scope ${scope}`)].join(' and ') || 'a token';
}

/** @internal Whether `@Public()` is on this class. It is not inherited. */
export function isPublicClass(type: Type): boolean {
  return ownDeclaration(type, undefined)?.isPublic === true;
}

/** @internal Whether this method, or a method that it overrides, has one of the decorators. */
export function isDecorated(type: Type, key: string): boolean {
  return prototypesOf(type).some((prototype) => ownDeclaration(prototype, key) !== undefined);
}

/**
 * @internal Which decorators the requirements of a handler come from: `@Roles(clerk) on ParcelsController`. Those of a class that a
 * public method opens do not count.
 */
export function declarationsOf(controller: Type, handler: Handler): string[] {
  const { isPublic } = requirementsOf(controller, handler);
  const declarations = [
    ...methodDeclarations(controller, placeOf(controller, handler)),
    ...classDeclarations(controller),
  ];
  return declarations.flatMap(({ declared, where }) =>
    decoratorsOf(declared)
      .filter((decorator) => decorator.startsWith('@Public') === isPublic)
      .map((decorator) => `${decorator} on ${where}`),
  );
}

function decoratorsOf({ isPublic, verify, roles, scopes }: Declaration): string[] {
  return [
    ...(isPublic ? [verify === 'optional' ? "@Public({ verify: 'optional' })" : '@Public()'] : []),
    ...roles.map((group) => `@Roles(${[...group].join(', ')})`),
    ...(scopes.length === 0 ? [] : [`@Scopes(${scopes.join(', ')})`]),
  ];
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
