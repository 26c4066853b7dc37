/** Where the apps of the demo's system answer. */
export interface Urls {
  readonly auth: string;
  readonly catalog: string;
  readonly orders: string;
}

/** The answer of a login or a refresh. */
export interface Session {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** What somebody logs in with. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** A service as a client of auth. */
export interface ServiceClient {
  readonly clientId: string;
  readonly secret: string;
}

/** An order that was placed. */
export interface Placed {
  readonly id: string;
}

/** The system that the demo speaks to. */
export interface DemoSystem {
  readonly urls: Urls;
  /** orders, as auth knows it; undefined where that is not known. */
  readonly client?: ServiceClient | undefined;
  readonly inventoryPort?: number | undefined;
  /** Only of a system of the demo's own. */
  readonly stopAuth?: (() => Promise<unknown>) | undefined;
  stop(): Promise<unknown>;
}
