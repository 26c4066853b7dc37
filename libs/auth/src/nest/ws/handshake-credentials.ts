import type { IncomingMessage } from 'node:http';
import { AuthError } from '../../verification/index.js';
import { authorizationHeaders } from '../contexts/http-context.js';

/** Where the token of a connection may be, beside the Authorization header, `auth.token` of socket.io, and the subprotocol. */
export interface AuthWsOptions {
  /** The name of a cookie that holds the token. It counts only with a request from one of `origins`. */
  readonly cookie?: string;
  /**
   * The origins (RFC 6454 §6.2) whose pages may connect with the cookie: `['https://app.example']`. Browsers send cookies with connections
   * that pages of other sites open, and no CORS check protects a WebSocket.
   */
  readonly origins?: readonly string[];
}

/** The subprotocol after which a browser gives its token: `new WebSocket(url, ['watchword.bearer', token])`. */
export const BEARER_PROTOCOL = 'watchword.bearer';

/** A handshake: its HTTP request, and on socket.io the `auth` object of the client. */
export interface Handshake {
  readonly request: IncomingMessage;
  readonly auth?: unknown;
}

/** Every credential of a handshake, as raw Authorization values. Two of them, from whatever places, are refused later. */
export function handshakeCredentials({ request, auth }: Handshake, options: AuthWsOptions): readonly string[] {
  return [
    ...authorizationHeaders(request),
    ...[...inAuth(auth), ...inProtocols(request), ...inCookies(request, options)].map((token) => `Bearer ${token}`),
  ];
}

/** The subprotocols that a client offers, without its token. */
export function withoutToken(protocols: Iterable<string>): string[] {
  const offered = [...protocols];
  const at = offered.indexOf(BEARER_PROTOCOL);
  return at < 0 ? offered : [...offered.slice(0, at), ...offered.slice(at + 2)];
}

function inAuth(auth: unknown): string[] {
  const { token } = (auth ?? {}) as { readonly token?: unknown };
  if (token === undefined || token === null) return [];
  if (typeof token === 'string') return [token];
  throw new AuthError('credentials_malformed', { reason: 'auth.token of the handshake is not text' });
}

function inProtocols({ headers }: IncomingMessage): string[] {
  const offered = headers['sec-websocket-protocol']?.split(',').map((protocol) => protocol.trim()) ?? [];
  const at = offered.indexOf(BEARER_PROTOCOL);
  return at < 0 ? [] : [offered[at + 1] ?? ''];
}

function inCookies({ headers }: IncomingMessage, { cookie, origins = [] }: AuthWsOptions): string[] {
  if (cookie === undefined) return [];
  const values = (headers.cookie ?? '').split(';').flatMap((pair) => {
    const [name, value] = pair.split(/=(.*)/s, 2);
    return name?.trim() === cookie && value !== undefined ? [value.trim()] : [];
  });
  if (values.length === 0 || origins.includes(headers.origin ?? '')) return values;
  throw new AuthError('credentials_malformed', {
    reason: `the cookie came from the origin ${headers.origin ?? '(none)'}`,
  });
}
