import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { AuthModule } from '@watchword/auth';
import { DatabaseModule, PlatformModule } from '@watchword/platform';
import type { NextFunction, Request, Response } from 'express';
import { join } from 'node:path';
import { AccountsModule } from './accounts/accounts.module.js';
import { AdminModule } from './admin/admin.module.js';
import { ClientsModule } from './clients/clients.module.js';
import { AuthConfig, ClockModule, ISSUER_AUDIENCE } from './config/index.js';
import { HousekeepingModule } from './database/housekeeping.module.js';
import * as schema from './database/schema/index.js';
import { issuerSecrets } from './keys/signing/issuer-secrets.js';
import { KeyEncryptionKeys } from './cryptography/key-encryption-keys.js';
import { KeyRing } from './keys/publishing/key-ring.js';
import { KeysModule } from './keys/keys.module.js';
import { ownIssuer } from './keys/signing/own-issuer.js';
import { EventStreamModule } from './security-events/stream/event-stream.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { OAuthModule } from './oauth/oauth.module.js';

@Module({
  imports: [
    PlatformModule.forRoot({ name: 'auth', config: AuthConfig }),
    DatabaseModule.forRoot({ schema, migrationsFolder: join(import.meta.dirname, 'database/migrations') }),
    AuthModule.forRootAsync({
      imports: [KeysModule],
      inject: [AuthConfig, KeyRing, KeyEncryptionKeys],
      useFactory: (config: AuthConfig, ring: KeyRing, keys: KeyEncryptionKeys) =>
        ownIssuer(config, ring, ISSUER_AUDIENCE, issuerSecrets(keys)),
    }),
    ClockModule,
    KeysModule,
    SessionsModule,
    AccountsModule,
    ClientsModule,
    OAuthModule,
    EventStreamModule,
    AdminModule,
    HousekeepingModule,
  ],
})
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(noStore).forRoutes('auth/*path', 'admin/*path');
  }
}

/** Responses with personal data or secrets must not be cached (RFC 9111 §5.2.2.5). */
function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  next();
}
