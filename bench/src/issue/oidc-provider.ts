import { once } from 'node:events';
import { createServer } from 'node:http';
import Provider, { type AdapterFactory } from 'oidc-provider';
import type { IssuerPeer, IssuerSettings } from './issuer-settings.js';
import { openPostgresAdapter } from './postgres-adapter.js';

export async function startInMemory(settings: IssuerSettings): Promise<IssuerPeer> {
  return start(settings);
}

export async function startOnPostgres(settings: IssuerSettings): Promise<IssuerPeer> {
  return start(settings, await openPostgresAdapter(settings.databaseUrl));
}

/** oidc-provider as an issuer of the same thing: ES256 access tokens as JWTs, refresh tokens that rotate. */
async function start(settings: IssuerSettings, adapter?: AdapterFactory): Promise<IssuerPeer> {
  const provider = new Provider(settings.url, {
    ...(adapter && { adapter }),
    clients: [
      {
        client_id: settings.client.id,
        client_secret: settings.client.secret,
        grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: ['https://client.example/callback'],
        token_endpoint_auth_method: 'client_secret_basic',
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [settings.signingKey] },
    scopes: ['offline_access'],
    ttl: { ClientCredentials: 300, AccessToken: 300, RefreshToken: 7 * 86_400, Grant: 30 * 86_400 },
    rotateRefreshToken: true,
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource(settings),
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: settings.scope,
          audience: settings.audience,
          accessTokenTTL: 300,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  });
  const server = createServer(provider.callback()).listen(settings.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    refreshTokens: (count) => Promise.all(Array.from({ length: count }, (_, i) => logIn(provider, settings, i))),
  };
}

/** What an authorization code would have led to. Without `openid`, so that no ID token is signed besides. */
async function logIn(provider: Provider, settings: IssuerSettings, index: number): Promise<string> {
  const accountId = `account-${index}`;
  const client = await provider.Client.find(settings.client.id);
  const grant = new provider.Grant({ accountId, clientId: settings.client.id });
  grant.addOIDCScope('offline_access');
  grant.addResourceScope(resource(settings), settings.scope);
  const now = Math.floor(Date.now() / 1000);
  const refreshToken = new provider.RefreshToken({
    accountId,
    client,
    grantId: await grant.save(),
    gty: 'authorization_code',
    scope: `offline_access ${settings.scope}`,
    resource: resource(settings),
    authTime: now,
    iiat: now,
    rotations: 0,
  });
  return refreshToken.save();
}

function resource({ audience }: IssuerSettings): string {
  return `urn:watchword:${audience}`;
}
