import { AuthError, parseBearer, type TokenVerifier, type VerifiedToken } from '../../verification/index.js';
import { authRpcError } from '../errors/auth-problem.js';
import { closeFor, sendTo, type SocketClient } from './socket-client.js';

/** Sent before a connection is closed because its token expired or was revoked: `{ status, code, message }`. */
const ENDED = 'watchword:ended';

/** A connection of a gateway, and whose it is. It stands for the request of each of its messages. */
export class Connection {
  #token: string | undefined;
  #user: VerifiedToken | undefined;
  #stopWatching: (() => void) | undefined;
  #client: SocketClient | undefined;
  #hasEnded = false;

  constructor(private readonly verifier: TokenVerifier) {}

  /** Raw Authorization values: of the handshake, or of the last renewal. */
  get authorization(): readonly string[] {
    return this.#token === undefined ? [] : [`Bearer ${this.#token}`];
  }

  /** Who has connected; undefined for somebody without a token. */
  get user(): VerifiedToken | undefined {
    return this.#user;
  }

  /** @throws AuthError by rejection, for a bad token */
  async authenticate(authorization: readonly string[]): Promise<void> {
    const token = parseBearer(authorization);
    this.#use(token, await this.verifier.verify(token));
  }

  /**
   * Replaces the token by a new one of the same user.
   *
   * @throws AuthError by rejection: the token is bad, or of somebody else; the connection goes on with the old one
   */
  async renew(token: string): Promise<VerifiedToken> {
    const verified = await this.verifier.verify(parseBearer([`Bearer ${token}`]));
    const user = this.#user;
    if (user?.issuer !== verified.issuer || user.subject !== verified.subject) {
      throw new AuthError('claim_invalid', { claim: 'sub', reason: 'a connection is renewed by its own user alone' });
    }
    if (this.#hasEnded) throw new AuthError('token_expired', { reason: 'the connection has ended' });
    this.#use(token, verified);
    return verified;
  }

  /** The connection is open: from now on it ends with its token. */
  opened(client: SocketClient): void {
    this.#client = client;
    this.#watch();
  }

  closed(): void {
    this.#client = undefined;
    this.#stopWatching?.();
  }

  #use(token: string, verified: VerifiedToken): void {
    this.#token = token;
    this.#user = verified;
    if (this.#client !== undefined) this.#watch();
  }

  #watch(): void {
    this.#stopWatching?.();
    if (this.#user !== undefined) this.#stopWatching = this.verifier.whenEnded(this.#user, (error) => this.#end(error));
  }

  #end(error: AuthError): void {
    const client = this.#client;
    if (client === undefined) return;
    this.#hasEnded = true;
    const refusal = authRpcError(error);
    sendTo(client, ENDED, refusal);
    closeFor(client, refusal.code);
  }
}

/** By the client that gateways get. */
const connections = new WeakMap<object, Connection>();

export function connectionOf(client: unknown): Connection | undefined {
  return typeof client === 'object' && client !== null ? connections.get(client) : undefined;
}

export function keepConnection(client: object, connection: Connection): void {
  connections.set(client, connection);
}

/**
 * The user of a connection, for `handleConnection` and other code that has the socket; undefined for a connection without a token.
 *
 * @param client the socket that a gateway gets: of socket.io, or of `ws`
 *
 * @example
 * ```ts
 * import { type OnGatewayConnection, WebSocketGateway } from '@nestjs/websockets';
 * import { userOfSocket } from '@watchword/auth/ws';
 * import type { Socket } from 'socket.io';
 *
 * @WebSocketGateway()
 * export class ParcelsGateway implements OnGatewayConnection {
 *   async handleConnection(client: Socket): Promise<void> {
 *     const user = userOfSocket(client);
 *     if (user !== undefined) await client.join(`${user.issuer} ${user.subject}`);
 *   }
 * }
 * ```
 */
export function userOfSocket(client: object): VerifiedToken | undefined {
  return connectionOf(client)?.user;
}
