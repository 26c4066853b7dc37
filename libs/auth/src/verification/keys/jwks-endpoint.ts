import { type BoundedFetchOptions, fetchJson } from './bounded-fetch.js';
import type { KeySetOrigin, LoadedKeySet } from './key-set-origin.js';

/** The JWKS endpoint of an issuer: configured, or discovered from the issuer's metadata. */
export class JwksEndpoint implements KeySetOrigin {
  #discovered: string | undefined;

  constructor(
    private readonly issuer: string,
    private readonly jwksUri: string | undefined,
  ) {}

  async load(options: BoundedFetchOptions): Promise<LoadedKeySet> {
    const uri = this.jwksUri ?? (this.#discovered ??= await this.#discover(options));
    try {
      return await fetchJson(uri, options);
    } catch (error) {
      this.#discovered = undefined; // it may have moved
      throw error;
    }
  }

  async #discover(options: BoundedFetchOptions): Promise<string> {
    let failure: unknown;
    for (const url of metadataUrls(this.issuer)) {
      try {
        return jwksUriOf((await fetchJson(url, options)).body, this.issuer);
      } catch (error) {
        failure = error;
      }
    }
    throw new Error(`metadata: ${(failure as Error).message}`, { cause: failure });
  }
}

/** RFC 8414 §3.1 inserts the well-known part before the issuer's path, OpenID Connect Discovery §4.1 appends it. */
function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ];
}

/** The metadata must name this issuer (RFC 8414 §3.3), and must not lead from https to http. */
function jwksUriOf(metadata: Record<string, unknown>, issuer: string): string {
  if (metadata.issuer !== issuer) throw new Error('is of another issuer');
  const uri = metadata.jwks_uri;
  if (typeof uri !== 'string' || !URL.canParse(uri)) throw new Error('has no jwks_uri');
  const { protocol } = new URL(uri);
  if (protocol !== 'https:' && (protocol !== 'http:' || issuer.startsWith('https:'))) {
    throw new Error('has a jwks_uri that is not https');
  }
  return uri;
}
