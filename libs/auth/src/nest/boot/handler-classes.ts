import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';

/** A class of the application whose methods Nest may call for a request. */
export interface HandlerClass {
  readonly type: Type;
  readonly isController: boolean;
  /** Where there is one for the life of the application: that of a request-scoped class is made for each request. */
  readonly instance?: object;
}

/** Controllers, and providers: resolvers and gateways are among these. */
export function handlerClasses(modules: ModulesContainer): HandlerClass[] {
  const classes: HandlerClass[] = [];
  for (const { controllers, providers } of modules.values()) {
    for (const wrapper of controllers.values()) classes.push(...handlerClass(wrapper, true));
    for (const wrapper of providers.values()) classes.push(...handlerClass(wrapper, false));
  }
  return classes;
}

/** By what @nestjs/websockets writes on the class. */
export function isGateway(type: Type): boolean {
  return Reflect.getMetadata('websockets:is_gateway', type) === true;
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
    // Of a factory, what it makes is not known before the request.
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
