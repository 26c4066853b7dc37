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
    // Below the base by construction; `..` and its encodings are resolved by the URL parser and then checked.
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
    return pathname.startsWith(this.#base.pathname);
  }
}

/** A scheme, or `//host`, also with the backslashes that URL parsers take for slashes. */
const ABSOLUTE = /^\s*(?:[a-z][a-z0-9+.-]*:|[\\/]{2})/i;
