/**
 * A registered service, identified by its base URL. URLs outside of it get no request, and so no token.
 *
 * @example
 * ```ts
 * import { HttpTarget } from '@watchword/auth/clients';
 *
 * const catalog = new HttpTarget('http://catalog:3001/api');
 * catalog.resolve('products/7').href; // 'http://catalog:3001/api/products/7'
 * catalog.resolve('../admin'); // throws TypeError: it is outside of the base URL
 * ```
 */
export class HttpTarget {
  readonly #base: URL;

  /** @throws TypeError for a URL that is not absolute http(s), or has credentials, a query or a fragment. */
  constructor(baseUrl: string) {
    const base = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
    if (base === undefined || !/^https?:$/.test(base.protocol)) {
      throw new TypeError('A baseUrl must be an absolute http(s) URL, such as http://127.0.0.1:3001');
    }
    if (base.username || base.password || base.search || base.hash) {
      throw new TypeError('A baseUrl has no credentials, query or fragment');
    }
    if (!base.pathname.endsWith('/')) base.pathname += '/';
    this.#base = base;
  }

  /**
   * The URL of a path below the base URL, with or without a leading slash.
   *
   * @throws TypeError for a path outside of the base URL: another origin, an absolute URL, `..` above the base
   */
  resolve(path: string): URL {
    // The origin is always that of the base. The URL parser resolves `..` and its encodings; the result is checked below.
    const url = new URL(this.#base.href + path.replace(/^\/+/, ''));
    if (ABSOLUTE.test(path) || !this.contains(url)) {
      throw new TypeError(`A client calls paths below its own baseUrl; register another client for other places.`);
    }
    return url;
  }

  /** Whether a URL is below the base URL. */
  contains(url: URL): boolean {
    return url.origin === this.#base.origin && !url.username && !url.password && this.#isBelow(url.pathname);
  }

  #isBelow(pathname: string): boolean {
    const below = this.#base.pathname;
    if (!pathname.startsWith(below)) return false;
    // The URL parser takes `..%2f` for a name, but a proxy that decodes before routing takes it for `../`.
    const decoded = pathname.replace(ENCODED_SLASH, '/');
    return decoded === pathname || new URL(this.#base.origin + decoded).pathname.startsWith(below);
  }
}

const ENCODED_SLASH = /%(?:2f|5c)/gi;

/** A scheme, or `//host`; URL parsers also take backslashes for slashes. */
const ABSOLUTE = /^\s*(?:[a-z][a-z0-9+.-]*:|[\\/]{2})/i;
