import { jest } from '@jest/globals';
import type { Jwk } from '@watchword/auth';
import { createTestIssuer, type TestIssuer } from '../../src/entry/testing.js';
import { TokenVerifier, type TokenVerifierOptions } from '../../src/verification/index.js';

export const HOUR = 3600;

/** An endpoint without a network, which counts. */
export class Endpoint {
  fetches = 0;
  down = false;
  /** In milliseconds. */
  latency = 0;
  headers: Record<string, string> = {};
  /** Set to hold answers back until it is called. */
  release: (() => void) | undefined;
  keys: Jwk[] = [];
  private held: Promise<void> | undefined;

  hold(): void {
    this.held = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  readonly fetch = async (): Promise<Response> => {
    this.fetches += 1;
    const { keys, down, headers, latency } = this;
    if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
    await this.held;
    return down ? new Response(null, { status: 503 }) : Response.json({ keys }, { headers });
  };
}

/** A service called `orders` that fetches the keys of one issuer, while time stands still until {@link pass}. */
export interface FetchedKeys {
  readonly issuer: TestIssuer;
  readonly endpoint: Endpoint;
  readonly verifier: TokenVerifier;
  /** Ends it, and lets time go its way again. */
  readonly close: () => void;
}

export async function fetchedKeys(options: Partial<TokenVerifierOptions> = {}): Promise<FetchedKeys> {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  const issuer = await createTestIssuer();
  const endpoint = new Endpoint();
  endpoint.keys = issuer.jwks().keys;
  const verifier = new TokenVerifier({
    issuers: [{ issuer: issuer.issuer, audience: 'orders', keys: { jwksUri: 'https://issuer.test/jwks.json' } }],
    keyCache: { fetch: endpoint.fetch },
    ...options,
  });
  const close = () => {
    verifier.stop();
    jest.useRealTimers();
  };
  return { issuer, endpoint, verifier, close };
}

/** Time passes, for the clock and for timers alike. */
export const pass = (seconds: number): Promise<void> => jest.advanceTimersByTimeAsync(seconds * 1000);
