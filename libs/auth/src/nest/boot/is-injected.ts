import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { PARAMTYPES_METADATA, PROPERTY_DEPS_METADATA, SELF_DECLARED_DEPS_METADATA } from '@nestjs/common/internal';
import type { ModulesContainer } from '@nestjs/core';

/** Whether anything in the application injects `token`: a constructor, a property, or a factory. */
export function isInjected(token: Type, modules: ModulesContainer): boolean {
  for (const { providers, controllers, injectables, metatype } of modules.values()) {
    if (dependenciesOf(metatype).includes(token)) return true;
    for (const wrapper of [...providers.values(), ...controllers.values(), ...injectables.values()]) {
      const asked = wrapper.inject ?? (wrapper.token === token ? [] : dependenciesOf(wrapper.metatype));
      if (asked.some((dependency) => tokenOf(dependency) === token)) return true;
    }
  }
  return false;
}

/** The dependencies of a class, as Nest reads them: the types of its constructor, and `@Inject()`. */
function dependenciesOf(type: unknown): unknown[] {
  if (typeof type !== 'function') return [];
  const constructorTypes = Reflect.getMetadata(PARAMTYPES_METADATA, type) as unknown[] | undefined;
  const declared = Reflect.getMetadata(SELF_DECLARED_DEPS_METADATA, type) as { param: unknown }[] | undefined;
  const properties = Reflect.getMetadata(PROPERTY_DEPS_METADATA, type) as { type: unknown }[] | undefined;
  return [
    ...(constructorTypes ?? []),
    ...(declared ?? []).map(({ param }) => param),
    ...(properties ?? []).map(({ type: propertyType }) => propertyType),
  ].map(tokenOf);
}

/** The token of `{ token, optional }` or `forwardRef(() => token)`. */
function tokenOf(dependency: unknown): unknown {
  const { token, forwardRef } = (dependency ?? {}) as { token?: unknown; forwardRef?: () => unknown };
  if (typeof forwardRef === 'function') return forwardRef();
  return token ?? dependency;
}
