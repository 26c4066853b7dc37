/** One registered service by its base URL: what lies outside of it gets no request, and so no token. */
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
   * The URL of a path below the base URL; a leading slash means the same as none.
   *
   * @throws TypeError for what leads elsewhere: another origin, an absolute URL, `..` above the base.
   */
  resolve(path: string): URL {
    // Below the base's origin by construction; `..` and its encodings are resolved by the URL parser and then checked.
    const url = new URL(this.#base.href + path.replace(/^\/+/, ''));
    if (ABSOLUTE.test(path) || !this.contains(url)) {
      throw new TypeError(`A client calls paths below its own baseUrl; register another client for other places.`);
    }
    return url;
  }

  contains(url: URL): boolean {
    return url.origin === this.#base.origin && !url.username && !url.password && this.#isBelow(url.pathname);
  }

  #isBelow(pathname: string): boolean {
    const below = this.#base.pathname;
    if (!pathname.startsWith(below)) return false;
    // `..%2f` is a name to the URL parser, but a way up to a proxy that decodes before it routes.
    const decoded = pathname.replace(ENCODED_SLASH, '/');
    return decoded === pathname || new URL(this.#base.origin + decoded).pathname.startsWith(below);
  }
}

const ENCODED_SLASH = /%(?:2f|5c)/gi;

/** A scheme, or `//host`, also with the backslashes that URL parsers take for slashes. */
const ABSOLUTE = /^\s*(?:[a-z][a-z0-9+.-]*:|[\\/]{2})/i;
