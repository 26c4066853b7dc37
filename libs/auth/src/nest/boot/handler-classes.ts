import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import type { Handler } from '../requirements/handler-place.js';
import { GRAPHQL } from './nest-metadata.js';

/** A class of the application whose methods can handle requests. */
export interface HandlerClass {
  readonly type: Type;
  readonly isController: boolean;
  /** The singleton; undefined for a request-scoped class, of which there is an instance per request. */
  readonly instance?: object;
}

/** All controllers and providers. Resolvers and gateways are providers. */
export function handlerClasses(modules: ModulesContainer): HandlerClass[] {
  const classes: HandlerClass[] = [];
  for (const { controllers, providers } of modules.values()) {
    for (const wrapper of controllers.values()) classes.push(...handlerClass(wrapper, true));
    for (const wrapper of providers.values()) classes.push(...handlerClass(wrapper, false));
  }
  return classes;
}

/** The methods of a class and of the classes that it extends, by name. */
export function methodsOf(type: Type): [name: string, method: Handler][] {
  const prototype = type.prototype as Partial<Record<string, Handler>>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const method = prototype[name];
    return method === undefined ? [] : [[name, method]];
  });
}

/** Recognized by the metadata of @nestjs/websockets. */
export function isGateway(type: Type): boolean {
  return Reflect.getMetadata('websockets:is_gateway', type) === true;
}

/** Recognized by the metadata of @nestjs/graphql: a query, a mutation, a subscription, a field, or a reference. */
export function isResolver(method: Handler): boolean {
  return [GRAPHQL.type, GRAPHQL.field, GRAPHQL.reference].some((key) => Reflect.hasMetadata(key, method));
}

/** The part of Nest's InstanceWrapper that this needs. */
interface Wrapper {
  readonly metatype: unknown;
  readonly inject?: unknown;
  readonly instance: unknown;
  isDependencyTreeStatic(): boolean;
}

function handlerClass(wrapper: Wrapper, isController: boolean): HandlerClass[] {
  if (!wrapper.isDependencyTreeStatic()) {
    // The result of a request-scoped factory is not known before the request.
    return isClass(wrapper.metatype) && !wrapper.inject ? [{ type: wrapper.metatype, isController }] : [];
  }
  const { instance } = wrapper;
  if (typeof instance !== 'object' || instance === null) return [];
  const { constructor: type } = instance;
  return isClass(type) && type !== Object ? [{ type, isController, instance }] : [];
}

function isClass(type: unknown): type is Type {
  return typeof type === 'function' && typeof type.prototype === 'object' && type.prototype !== null;
}
