import { APP_GUARD } from '@nestjs/core';
import { AuthGuard, KeycloakConnectModule, TokenValidation } from 'nest-keycloak-connect';
import type { Authentication, ServiceSettings } from '../settings.js';

/** nest-keycloak-connect with offline validation and the realm's key given: RS256, which it alone knows. */
export function keycloakConnect({ issuer, audience, realmKeyPem }: ServiceSettings): Authentication {
  const [authServerUrl = '', realm = ''] = issuer.split('/realms/');
  const realmPublicKey = realmKeyPem.replaceAll(/-----[^-]+-----|\s/g, '');
  return {
    imports: [
      KeycloakConnectModule.register({
        authServerUrl,
        realm,
        clientId: audience,
        secret: 'unused offline',
        realmPublicKey,
        verifyTokenAudience: true,
        bearerOnly: true,
        tokenValidation: TokenValidation.OFFLINE,
      }),
    ],
    providers: [{ provide: APP_GUARD, useClass: AuthGuard }],
  };
}
