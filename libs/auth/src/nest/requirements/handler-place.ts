import 'reflect-metadata';
import type { Type } from '@nestjs/common';

/** A method of a controller, as Nest passes it to guards. */
export type Handler = (...args: never[]) => unknown;

/** The class and the method name of a handler. */
export interface HandlerPlace {
  /** The prototype that has the method: of the controller, or of a class that it extends. */
  readonly prototype: object;
  readonly key: string | symbol;
}

/**
 * Stored on the function itself. Instrumentation that wraps a handler later copies the metadata, because decorators depend on
 * it. Nothing is guessed for a function without this metadata.
 */
const PLACES = Symbol.for('watchword:handler-places');

/**
 * @internal Records on each method of the class which one it is. Also on functions that the constructor put in the place of a
 * method, bound or wrapped.
 */
export function bindHandlers(type: Type, instance?: object): void {
  const prototypes = prototypesOf(type);
  for (const prototype of prototypes) {
    for (const [key, method] of ownFunctions(prototype)) bind(method, { prototype, key });
  }
  for (const [key, method] of instance === undefined ? [] : ownFunctions(instance)) {
    const prototype = prototypes.find((candidate) => typeof ownValue(candidate, key) === 'function');
    if (prototype !== undefined) bind(method, { prototype, key });
  }
}

/** @throws TypeError if the handler is not a method of the controller, or is several of its methods */
export function placeOf(controller: Type, handler: Handler): HandlerPlace {
  if (!bound.has(controller)) {
    bindHandlers(controller);
    bound.add(controller);
  }
  const prototypes = prototypesOf(controller);
  const places = placesOn(handler).filter(({ prototype }) => prototypes.includes(prototype));
  const keys = [...new Set(places.map(({ key }) => key))];
  const [key] = keys;
  const prototype = prototypes.find((candidate) => places.some((place) => place.prototype === candidate));
  if (key === undefined || prototype === undefined) throw new TypeError(unknown(controller, handler));
  if (keys.length > 1) throw new TypeError(ambiguous(controller, keys));
  return { prototype, key };
}

const bound = new WeakSet<Type>();

/** The prototypes of the class and of the classes that it extends, beginning with its own. */
export function prototypesOf(type: Type): object[] {
  return ancestry(type).map((ancestor) => ancestor.prototype as object);
}

/** The class and the classes that it extends. */
export function ancestry(type: Type): Type[] {
  const types: Type[] = [];
  for (let at: unknown = type; typeof at === 'function' && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    types.push(at as Type);
  }
  return types;
}

function bind(method: Handler, place: HandlerPlace): void {
  const places = placesOn(method);
  if (places.some(({ prototype, key }) => prototype === place.prototype && key === place.key)) return;
  Reflect.defineMetadata(PLACES, [...places, place], method);
}

function placesOn(method: Handler): readonly HandlerPlace[] {
  return (Reflect.getOwnMetadata(PLACES, method) as readonly HandlerPlace[] | undefined) ?? [];
}

function ownFunctions(target: object): [string | symbol, Handler][] {
  return Reflect.ownKeys(target).flatMap((key) => {
    const value = key === 'constructor' ? undefined : ownValue(target, key);
    return typeof value === 'function' ? [[key, value as Handler]] : [];
  });
}

function ownValue(target: object, key: string | symbol): unknown {
  return Object.getOwnPropertyDescriptor(target, key)?.value;
}

function unknown(controller: Type, handler: Handler): string {
  return (
    `The handler ${handler.name || '(anonymous)'} is no method of ${controller.name}, so its requirements are unknown. Replace ` +
    'a method in the constructor at the latest; a later wrapper must copy the metadata of the function that it wraps ' +
    '(Reflect.getMetadataKeys).'
  );
}

function ambiguous(controller: Type, keys: readonly (string | symbol)[]): string {
  return (
    `${keys.map((key) => `${controller.name}.${String(key)}`).join(' and ')} are the same function, so it is unknown which of them is called and ` +
    'what it requires. Use a separate function for each.'
  );
}
