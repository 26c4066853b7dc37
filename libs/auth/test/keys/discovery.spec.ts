import { createTestIssuer } from '../../src/entry/testing.js';
import { TokenVerifier } from '../../src/verification/index.js';
import { expectAccepted, expectRefused } from '../attacks/describe-attacks.js';

const ISSUER = 'https://issuer.test/realms/shop';
const OAUTH = 'https://issuer.test/.well-known/oauth-authorization-server/realms/shop';
const OPENID = 'https://issuer.test/realms/shop/.well-known/openid-configuration';
const JWKS = 'https://keys.test/jwks.json';

/** The issuer found by its metadata alone, on a web of these pages. */
async function discover(pages: Record<string, object>) {
  const issuer = await createTestIssuer({ issuer: ISSUER });
  const asked: string[] = [];
  const fetch = async (input: Parameters<typeof globalThis.fetch>[0]): Promise<Response> => {
    const url = input as string;
    asked.push(url);
    const page = url === JWKS ? issuer.jwks() : pages[url];
    return page === undefined ? new Response(null, { status: 404 }) : Response.json(page);
  };
  const verifier = new TokenVerifier({
    issuers: [{ issuer: ISSUER, audience: 'orders', keys: { discovery: true } }],
    keyCache: { fetch },
  });
  await verifier.start();
  started.push(verifier);
  return { verifier, asked, issuer };
}

const started: TokenVerifier[] = [];

afterEach(() => {
  for (const verifier of started.splice(0)) verifier.stop();
});

describe('discovery', () => {
  it('finds the keys by the OAuth metadata (RFC 8414)', async () => {
    const { verifier, issuer, asked } = await discover({ [OAUTH]: { issuer: ISSUER, jwks_uri: JWKS } });
    await expectAccepted(verifier, await issuer.mint());
    expect(asked).toEqual([OAUTH, JWKS]);
  });

  it('finds the keys by the OpenID metadata where there is no other, and asks for it once', async () => {
    const { verifier, issuer, asked } = await discover({ [OPENID]: { issuer: ISSUER, jwks_uri: JWKS } });
    await verifier.refreshKeys();
    await expectAccepted(verifier, await issuer.mint());
    expect(asked).toEqual([OAUTH, OPENID, JWKS, JWKS]);
  });

  it('looks for the keys anew when they are no longer where they were', async () => {
    const pages: Record<string, object> = { [OAUTH]: { issuer: ISSUER, jwks_uri: 'https://keys.test/old.json' } };
    const { verifier, issuer } = await discover(pages);
    await expectRefused(verifier, await issuer.mint(), 'keys_unavailable');
    pages[OAUTH] = { issuer: ISSUER, jwks_uri: JWKS };
    await verifier.refreshKeys();
    await expectAccepted(verifier, await issuer.mint());
  });

  it('does not go on to the next address after stop', async () => {
    const asked: unknown[] = [];
    const fetch = (url: unknown): Promise<Response> => {
      asked.push(url);
      return new Promise(() => {});
    };
    const verifier = new TokenVerifier({
      issuers: [{ issuer: ISSUER, audience: 'orders', keys: { discovery: true } }],
      keyCache: { fetch },
    });
    const start = verifier.start();
    verifier.stop();
    await start;
    expect(asked).toEqual([OAUTH]);
  });

  it.each([
    ['of another issuer', { issuer: 'https://evil.test', jwks_uri: JWKS }, /another issuer/],
    ['of nearly this issuer', { issuer: `${ISSUER}/`, jwks_uri: JWKS }, /another issuer/],
    ['that has no jwks_uri', { issuer: ISSUER }, /no jwks_uri/],
    ['that leads from https to http', { issuer: ISSUER, jwks_uri: 'http://keys.test/jwks.json' }, /not https/],
    ['that leads to a file', { issuer: ISSUER, jwks_uri: 'file:///etc/passwd' }, /not https/],
    ['that leads to data', { issuer: ISSUER, jwks_uri: 'data:application/json,{}' }, /not https/],
  ])('does not believe metadata %s', async (_, metadata, reason) => {
    const { verifier, asked } = await discover({ [OAUTH]: metadata, [OPENID]: metadata });
    expect(verifier.status()).toMatchObject([{ ready: false, keyIds: [] }]);
    expect(verifier.status()[0]?.lastError).toMatch(reason);
    expect(asked).toEqual([OAUTH, OPENID]);
  });
});
