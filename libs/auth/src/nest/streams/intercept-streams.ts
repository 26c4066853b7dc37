import 'reflect-metadata';
import type { NestInterceptor, Type } from '@nestjs/common';
import { INTERCEPTORS_METADATA } from '@nestjs/common/internal';
import { methodsOf } from '../boot/handler-classes.js';
import { declare } from '../requirements/requirements.js';
import type { Handler } from '../requirements/handler-place.js';

/**
 * Puts an interceptor on the methods of a class that `isStream` chooses, before Nest makes handlers of them. The guard keeps the callers
 * of these methods. Not a global interceptor: it would wrap every request of the application.
 */
export function interceptStreams(
  type: Type,
  interceptor: NestInterceptor,
  isStream: (method: Handler) => boolean,
): void {
  for (const [name, method] of methodsOf(type)) {
    if (!isStream(method)) continue;
    declare(type.prototype as object, name, (declaration) => (declaration.readsCaller = true));
    const others = (Reflect.getMetadata(INTERCEPTORS_METADATA, method) ?? []) as unknown[];
    if (others.includes(interceptor)) continue;
    Reflect.defineMetadata(INTERCEPTORS_METADATA, [interceptor, ...others], method);
  }
}
