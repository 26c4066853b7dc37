import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSecret } from './client-secret.js';
import { ClientsFileError, readClientsFile } from './clients-file.js';

const secret = () => randomBytes(32).toString('base64url');
const entry = (more: object = {}) => ({
  clientId: 'orders',
  secret: secret(),
  grants: ['client_credentials'],
  scopes: ['inventory:manage'],
  audiences: ['inventory'],
  ...more,
});

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'watchword-clients-'));
});
afterAll(() => rm(directory, { recursive: true }));

const read = async (content: unknown) => {
  const file = join(directory, `${randomBytes(4).toString('hex')}.json`);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readClientsFile(file);
};

describe('the file of clients', () => {
  it('declares clients with exactly the credentials that are to work', async () => {
    const [one, two] = [secret(), secret()];
    const key = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const [orders, rotating, hashed, signing] = await read([
      entry({ secret: one }),
      entry({ clientId: 'rotating', secret: undefined, secrets: [two, one], roles: ['customer'], name: 'Rotating' }),
      entry({ clientId: 'hashed', secret: undefined, secretHashes: [hashSecret(one).toString('hex')] }),
      entry({ clientId: 'signing', secret: undefined, jwks: { keys: [key] } }),
    ]);
    expect(orders).toMatchObject({ id: 'orders', name: 'orders', roles: [], secretHashes: [hashSecret(one)] });
    expect(rotating).toMatchObject({ name: 'Rotating', roles: ['customer'] });
    expect(rotating?.secretHashes).toEqual([hashSecret(two), hashSecret(one)]);
    expect(hashed?.secretHashes).toEqual([hashSecret(one)]);
    expect(signing?.keys).toEqual([expect.objectContaining({ x: key.x, alg: 'EdDSA' })]);
  });

  it.each<[string, unknown, RegExp]>([
    ['is not JSON', '{', /^the file cannot be read: not JSON$/],
    ['says one thing twice', '[{"clientId":"a","scopes":[],"scop\\u0065s":["all"]}]', /duplicate member$/],
    ['is no list', entry(), /must be a list/],
    ['has something else than objects', [1], /client 0: must be an object/],
    ['names a client twice', [entry(), entry()], /orders is declared twice/],
    ['has an unknown member', [entry({ colour: 'red' })], /client 0: .*colour/],
    [
      'has the issuer beside a service',
      [entry({ audiences: ['inventory', 'auth'] })],
      /must not have auth together with/,
    ],
    ['has an unknown grant', [entry({ grants: ['password'] })], /grants/],
    ['has a client id that looks like an account', [entry({ clientId: 'A' })], /clientId must be/],
    ["has the issuer's own client id", [entry({ clientId: 'watchword' })], /client 0: clientId must not be watchword/],
    ['has no credential', [entry({ secret: undefined })], /exactly one of/],
    ['has two credentials', [entry({ secretHashes: ['0'.repeat(64)] })], /exactly one of/],
    ['has a short secret', [entry({ secret: 'x7Gq2' })], /at least 32 bytes/],
    ['has a secret that repeats itself', [entry({ secret: 'ab'.repeat(32) })], /random text/],
    ['has a placeholder', [entry({ secret: 'change-me-to-32-bytes-of-random-text-please' })], /random text/],
    ['has a secret that is no text', [entry({ secret: 1 })], /random text/],
    ['has three secrets', [entry({ secret: undefined, secrets: [secret(), secret(), secret()] })], /secrets/],
    ['has a hash of another kind', [entry({ secret: undefined, secretHashes: ['abc'] })], /64 hexadecimal/],
    ['has a private key', [entry({ secret: undefined, jwks: { keys: [privateKey()] } })], /client 0: key 0/],
  ])('is refused when it %s', async (_title, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
    await expect(read(content)).rejects.toBeInstanceOf(ClientsFileError);
  });

  it('is refused when it is not there', async () => {
    await expect(readClientsFile(join(directory, 'missing.json'))).rejects.toThrow(/ENOENT/);
  });

  it('never quotes a secret', async () => {
    const weak = 'ababababababababababababababababab';
    await expect(read([entry({ secret: weak })])).rejects.not.toThrow(weak);
    await expect(read(`[{"secret":"${weak}"`)).rejects.not.toThrow(weak);
  });
});

function privateKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
}
