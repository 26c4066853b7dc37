import { ConfigurableModuleBuilder, type Type } from '@nestjs/common';
import { AccessTokenGuard } from './access-token.guard.js';
import type { AuthModuleOptions } from './auth-module-options.js';

/** Options of the module itself, which cannot come from an async factory. */
export interface AuthModuleExtras {
  /** The guard in place of {@link AccessTokenGuard}: a class that extends it. */
  guard?: Type<AccessTokenGuard>;
}

const DEFAULTS: AuthModuleExtras = { guard: AccessTokenGuard };

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<AuthModuleOptions>()
  .setClassMethodName('forRoot')
  .setExtras(DEFAULTS, (definition, { guard = AccessTokenGuard }) => ({
    ...definition,
    global: true,
    providers: [...(definition.providers ?? []), { provide: AccessTokenGuard, useClass: guard }],
  }))
  .build();
