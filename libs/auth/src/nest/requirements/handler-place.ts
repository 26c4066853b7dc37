import 'reflect-metadata';
import type { Type } from '@nestjs/common';

/** A method of a controller, as Nest hands it out. */
export type Handler = (...args: never[]) => unknown;

/** The method of a class that a handler is. */
export interface HandlerPlace {
  /** Of the class that has the method: the controller's own, or of one that it extends. */
  readonly prototype: object;
  readonly key: string | symbol;
}

/**
 * Kept on the function itself. Instrumentation that wraps a handler later hands the metadata of the one on to the other,
 * since decorators depend on it; of a function without it nothing is guessed.
 */
const PLACES = Symbol.for('watchword:handler-places');

/**
 * @internal Writes on each method of the class which one it is, and on each function that an instance has in place of one
 * (bound or wrapped in its constructor).
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

/** @throws TypeError when the handler is no method of the controller, or several at once */
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

/** The prototypes of the class and of all that it extends, its own first. */
export function prototypesOf(type: Type): object[] {
  return ancestry(type).map((ancestor) => ancestor.prototype as object);
}

/** The class and all that it extends. */
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
    `The handler ${handler.name || '(anonymous)'} is no method of ${controller.name}, so what it requires is unknown. Put ` +
    'it in place of a method in the constructor at the latest; a wrapper of later must take over the metadata of the ' +
    'function that it wraps (Reflect.getMetadataKeys).'
  );
}

function ambiguous(controller: Type, keys: readonly (string | symbol)[]): string {
  return (
    `${keys.map((key) => `${controller.name}.${String(key)}`).join(' and ')} are one function, so which of them is called, ` +
    'and what it requires, is unknown. Give each a function of its own.'
  );
}
