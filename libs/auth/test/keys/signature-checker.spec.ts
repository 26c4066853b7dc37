import { generateKeyPairSync, sign } from 'node:crypto';
import { createTestIssuer } from '../../src/entry/testing.js';
import { TokenVerifier } from '../../src/verification/index.js';
import { SignatureChecker } from '../../src/verification/keys/signature-checker.js';
import { blockThePool } from './block-the-pool.js';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
const data = Buffer.from('header.payload');
const good = sign('sha256', data, { ...key, key: privateKey });
const bad = Buffer.alloc(good.length, 1);
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe.each([1, 2])('signatures on %d core(s)', (cores) => {
  const checker = new SignatureChecker(cores);
  const begin = () => checker.check('sha256', data, key, good);
  const check = async (signature = good) => checker.check('sha256', data, key, signature);

  afterEach(turn);

  it('one is verified while password hashes hold the pool, before any of them is done', async () => {
    const pool = blockThePool();
    expect(await check()).toBe(true);
    await turn(); // on a machine that stood still meanwhile the first may have used this turn up
    expect(await check(bad)).toBe(false);
    expect(pool.ended()).toBe(0);
    await pool.all;
  });

  it('after a burst they do not wait for the hashes either', async () => {
    const pool = blockThePool();
    const burst = Array.from({ length: 100 }, () => check());
    // In place again as soon as the pool is seen to stand still.
    while (typeof begin() !== 'boolean') await turn();
    expect(pool.ended()).toBe(0);
    await pool.all;
    expect(new Set(await Promise.all(burst))).toEqual(new Set([true]));
  });

  it('of many at once each gets the right answer', async () => {
    const signatures = Array.from({ length: 200 }, (_, index) => (index % 3 === 0 ? bad : good));
    const answers = await Promise.all(signatures.map((signature) => check(signature)));
    expect(answers).toEqual(signatures.map((signature) => signature === good));
  });
});

describe('of many signatures at once', () => {
  const begun = (cores: number) => {
    const checker = new SignatureChecker(cores);
    return Array.from({ length: 200 }, () => checker.check('sha256', data, key, good));
  };

  it('a few are verified in place and the rest in the pool, so that the event loop goes on', async () => {
    const answers = begun(2);
    const inPlace = answers.findIndex((answer) => answer instanceof Promise);
    expect(inPlace).toBeGreaterThan(0);
    expect(inPlace).toBeLessThan(100);
    expect(answers.slice(inPlace).filter((answer) => answer instanceof Promise).length).toBeGreaterThan(0);
    for (const answer of answers) expect(await answer).toBe(true);
  });

  it('all are verified in place on one core, where the pool gains nothing', () => {
    expect(new Set(begun(1))).toEqual(new Set([true]));
  });
});

it('what node:crypto refuses is an error, in place and in the pool', async () => {
  const checker = new SignatureChecker(2);
  const refused = () => checker.check('no such hash', data, key, good);
  expect(refused).toThrow('Invalid digest');
  const many = Array.from({ length: 50 }, () => checker.check('sha256', data, key, good));
  await expect((async () => refused())()).rejects.toThrow('Invalid digest');
  for (const answer of many) expect(await answer).toBe(true);
});

it('a new token is verified while password hashes hold the pool, before any of them is done', async () => {
  const issuer = await createTestIssuer();
  const verifier = new TokenVerifier({ issuers: [issuer.trusted('orders')] });
  const token = await issuer.mint();
  const pool = blockThePool();
  expect(await verifier.verify(token)).toMatchObject({ subject: 'user-1' });
  expect(pool.ended()).toBe(0);
  await pool.all;
});
