import { JwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { exportJWK, generateKeyPair } from 'jose';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import {
  ACCESS_TOKEN_TYPE,
  claimsOf,
  EXCHANGE,
  newSecret,
  startIssuer,
  type IssuerUnderTest,
} from './issuer-under-test.js';

/** Libraries of others, as they come: what we issue and how we answer is what they expect. */
const secret = `${newSecret()}+/ %`;
const run = promisify(execFile);
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'PS256'] as const;

describe.each(ALGORITHMS)('with %s', (algorithm) => {
  let issuer: IssuerUnderTest;
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  beforeAll(async () => {
    keys = await generateKeyPair(algorithm);
    const permissions = {
      grants: ['client_credentials', 'refresh_token', EXCHANGE],
      scopes: ['inventory:read'],
      audiences: ['inventory'],
    };
    issuer = await startIssuer(
      [
        { clientId: 'orders', secret, ...permissions },
        { clientId: 'app', secret, ...permissions },
        {
          clientId: 'auth',
          jwks: { keys: [{ ...(await exportJWK(keys.publicKey)), alg: algorithm }] },
          ...permissions,
        },
      ],
      { JWT_ALGORITHM: algorithm },
    );
  });
  afterAll(() => issuer.close());

  describe('openid-client', () => {
    const discover = (clientId: string, authentication: openid.ClientAuth) =>
      openid.discovery(new URL(issuer.url), clientId, undefined, authentication, {
        algorithm: 'oauth2',
        execute: [openid.allowInsecureRequests],
      });

    it.each([
      ['client_secret_basic', openid.ClientSecretBasic(secret)],
      ['client_secret_post', openid.ClientSecretPost(secret)],
    ])('discovers the server and gets tokens by %s: its own, an exchanged one', async (_method, authentication) => {
      const server = await discover('orders', authentication);
      const own = await openid.clientCredentialsGrant(server, { scope: 'inventory:read' });
      expect(claimsOf(own.access_token)).toMatchObject({ sub: 'orders', scope: 'inventory:read' });
      const exchanged = await openid.genericGrantRequest(server, EXCHANGE, {
        subject_token: issuer.admin.accessToken,
        subject_token_type: ACCESS_TOKEN_TYPE,
        audience: 'inventory',
      });
      expect(claimsOf(exchanged.access_token)).toMatchObject({ act: { sub: 'orders' }, aud: ['inventory'] });
      expect(await openid.tokenIntrospection(server, exchanged.access_token)).toMatchObject({ active: true });
      await openid.tokenRevocation(server, exchanged.access_token);
      expect(await openid.tokenIntrospection(server, exchanged.access_token)).toEqual({ active: false });
    });

    it('authenticates by private_key_jwt', async () => {
      const server = await discover('auth', openid.PrivateKeyJwt(keys.privateKey));
      const own = await openid.clientCredentialsGrant(server);
      expect(claimsOf(own.access_token)['sub']).toBe('auth');
    });

    it('refreshes a login', async () => {
      const server = await discover('app', openid.ClientSecretBasic(secret));
      const { refreshToken } = await issuer.newPersonAt('app');
      const refreshed = await openid.refreshTokenGrant(server, refreshToken);
      expect(refreshed.refresh_token).not.toBe(refreshToken);
    });

    it('understands a refusal', async () => {
      const server = await discover('orders', openid.ClientSecretBasic(newSecret()));
      await expect(openid.clientCredentialsGrant(server)).rejects.toMatchObject({ status: 401 });
      const right = await discover('orders', openid.ClientSecretBasic(secret));
      await expect(openid.clientCredentialsGrant(right, { scope: 'all' })).rejects.toMatchObject({
        error: 'invalid_scope',
      });
    });
  });

  it('oauth4webapi discovers the server, gets a token, and validates it as RFC 9068 has it', async () => {
    const options = { [oauth.allowInsecureRequests]: true };
    const url = new URL(issuer.url);
    for (const kind of ['oauth2', 'oidc'] as const) {
      const response = await oauth.discoveryRequest(url, { ...options, algorithm: kind });
      const server = await oauth.processDiscoveryResponse(url, response);
      const client: oauth.Client = { client_id: 'orders' };
      const answer = await oauth.clientCredentialsGrantRequest(
        server,
        client,
        oauth.ClientSecretBasic(secret),
        new URLSearchParams({ audience: 'inventory' }),
        options,
      );
      const tokens = await oauth.processClientCredentialsResponse(server, client, answer);
      const request = new Request('https://inventory.example/', {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
      const claims = await oauth.validateJwtAccessToken(server, request, 'inventory', {
        ...options,
        signingAlgorithms: [algorithm],
      });
      expect(claims).toMatchObject({ sub: 'orders', client_id: 'orders' });
    }
  });

  it('aws-jwt-verify verifies a login token', async () => {
    const jwksUri = `${issuer.url}/.well-known/jwks.json`;
    const fetcher = {
      fetch: async (uri: string) => (await fetch(uri)).arrayBuffer(), // its own insists on https
    };
    const verifier = JwtVerifier.create(
      { issuer: issuer.url, audience: 'orders', jwksUri },
      { jwksCache: new SimpleJwksCache({ fetcher }) },
    );
    const verify = () => verifier.verify(issuer.admin.accessToken);
    // It knows no PSS.
    if (algorithm === 'PS256') await expect(verify()).rejects.toThrow(/PS256/);
    else expect(await verify()).toMatchObject({ client_id: 'watchword' });
  });

  it('jsonwebtoken with jwks-rsa verifies a login token', async () => {
    const script = join(import.meta.dirname, 'fixtures/verify-with-jwks-rsa.mjs');
    const verify = () => run(process.execPath, [script, issuer.url, 'catalog', issuer.admin.accessToken]);
    // It knows no EdDSA.
    if (algorithm === 'EdDSA') await expect(verify()).rejects.toThrow('invalid algorithm');
    else expect(JSON.parse((await verify()).stdout)).toEqual(claimsOf(issuer.admin.accessToken));
  });
});
