import { AsyncLocalStorage } from 'node:async_hooks';
import type { Type } from '@nestjs/common';
import { readEnvironment } from './environment.js';
import { loadConfig } from './load-config.js';

const given = new AsyncLocalStorage<object>();

/** Makes `config` the configuration of the application that `work` creates. */
export function withConfig<T>(config: object, work: () => Promise<T>): Promise<T> {
  return given.run(config, work);
}

/** The configuration of the application that is being created: the one of {@link withConfig}, else that of the environment. */
export function bootConfig<C extends object>(app: string, configClass: Type<C>): C {
  const config = given.getStore();
  return config instanceof configClass ? config : loadConfig(app, configClass, readEnvironment(app));
}
