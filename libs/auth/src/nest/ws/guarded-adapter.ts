import type { IncomingMessage } from 'node:http';
import { isPromise } from 'node:util/types';
import type { WebSocketAdapter, WsMessageHandler } from '@nestjs/common';
import { finalize, isObservable } from 'rxjs';
import { closeScope, openScope, runInScope } from '../../propagation/caller-context.js';
import { AuthError } from '../../verification/index.js';
import { authProblem, authRpcError } from '../errors/auth-problem.js';
import { Connection, connectionOf, keepConnection } from './connection.js';
import { BEARER_PROTOCOL, withoutToken, type Handshake } from './handshake-credentials.js';
import { closeFor, sendTo, type SocketClient } from './socket-client.js';

/** The message by which a client gives its connection a new token: `{ token }`. */
const RENEW = 'watchword:renew';
const RENEWED = 'watchword:renewed';

/** Where a gateway listens. */
export interface GatewayPlace {
  readonly port: number;
  readonly path?: string | undefined;
  readonly namespace?: unknown;
}

/** Decides about connections. */
export interface Handshakes {
  /** @throws AuthError by rejection */
  accept(handshake: Handshake, place: GatewayPlace): Promise<Connection>;
  /** Whether messages run in scopes, so that `CallerContext` knows their caller. */
  readonly isScoped: boolean;
}

/** The server of socket.io, or a namespace of it. */
interface IoServer {
  use(middleware: (socket: IoHandshake, next: (error?: Error) => void) => void): unknown;
  on(event: 'connection', listener: (socket: IoClient) => void): unknown;
}

interface IoHandshake {
  readonly request: IncomingMessage;
  readonly handshake: { readonly auth: unknown };
}

type IoClient = SocketClient & { once(event: 'disconnect', listener: () => void): unknown };

/** The `WebSocketServer` of the package `ws`. */
interface WsServer {
  readonly options: {
    verifyClient?: ((info: UpgradeInfo, answer: VerifyAnswer) => unknown) | null | undefined;
    handleProtocols?: ((protocols: Set<string>, request: IncomingMessage) => string | false) | null | undefined;
  };
  handleUpgrade(...values: never[]): unknown;
  prependListener(event: 'connection', listener: (client: WsClient, request: IncomingMessage) => void): unknown;
}

interface UpgradeInfo {
  readonly req: IncomingMessage;
}

type WsClient = SocketClient & { once(event: 'close', listener: () => void): unknown };
type VerifyAnswer = (ok: boolean, status?: number, body?: string, headers?: Readonly<Record<string, string>>) => void;

/**
 * Makes the adapter check each handshake, before the connection exists, and route the messages of the connection in scopes. Nest has no
 * hook for a handshake: the adapter creates the server, so its methods are wrapped. Subclasses of Nest's adapters work too.
 */
export function guardAdapter(adapter: WebSocketAdapter, handshakes: Handshakes): void {
  const create = adapter.create.bind(adapter);
  adapter.create = (port: number, options?: { path?: string; namespace?: unknown }) => {
    const server: unknown = create(port, options);
    guardServer(server, { port, path: options?.path, namespace: options?.namespace }, handshakes);
    return server;
  };

  const bind = adapter.bindMessageHandlers.bind(adapter);
  const renewable = new WeakSet<object>();
  adapter.bindMessageHandlers = (client: SocketClient, handlers: WsMessageHandler[], transform) => {
    const guarded = handshakes.isScoped ? handlers.map((handler) => inScope(client, handler)) : [...handlers];
    if (!renewable.has(client)) guarded.push(renewal(client));
    renewable.add(client);
    bind(client, guarded, transform);
  };
}

function guardServer(server: unknown, place: GatewayPlace, handshakes: Handshakes): void {
  if (isIoServer(server)) guardIoServer(server, place, handshakes);
  else if (isWsServer(server)) guardWsServer(server, place, handshakes);
  else
    throw new Error(
      'AuthWsModule guards gateways on socket.io and on ws. The WebSocket adapter of this application made another server.',
    );
}

function guardIoServer(server: IoServer, place: GatewayPlace, handshakes: Handshakes): void {
  const check = async (socket: IoHandshake, next: (error?: Error) => void): Promise<void> => {
    try {
      const handshake = { request: socket.request, auth: socket.handshake.auth };
      keepConnection(socket, await handshakes.accept(handshake, place));
    } catch (error) {
      return next(connectError(error));
    }
    next();
  };
  server.use((socket, next) => void check(socket, next));
  server.on('connection', (socket) => {
    const connection = openConnection(socket);
    socket.once('disconnect', () => connection?.closed());
  });
}

/** A socket whose handshake was not checked is closed: socket.io recovers the state of a connection without its middleware. */
function openConnection(client: SocketClient): Connection | undefined {
  const connection = connectionOf(client);
  if (connection === undefined) closeFor(client, 'authentication_required');
  connection?.opened(client);
  return connection;
}

/** The client gets it as `connect_error`, with the refusal in `data`. */
function connectError(error: unknown): Error {
  if (!(error instanceof AuthError)) return new Error('Internal server error', { cause: error });
  const data = authRpcError(error);
  return Object.assign(new Error(data.message), { data });
}

function guardWsServer(server: WsServer, place: GatewayPlace, handshakes: Handshakes): void {
  const accepted = new WeakMap<IncomingMessage, Connection>();
  const { verifyClient, handleProtocols } = server.options;
  const check = async (info: UpgradeInfo, answer: VerifyAnswer): Promise<void> => {
    try {
      accepted.set(info.req, await handshakes.accept({ request: info.req }, place));
    } catch (error) {
      return refuseUpgrade(error, answer);
    }
    verifyToo(verifyClient, info, answer);
  };
  server.options.verifyClient = (info, answer) => void check(info, answer);
  server.options.handleProtocols = (protocols, request) => {
    const others = new Set(withoutToken(protocols));
    if (others.size === 0) return BEARER_PROTOCOL;
    if (handleProtocols) return handleProtocols(others, request);
    const [first] = others;
    return first ?? false;
  };
  server.prependListener('connection', (client, request) => {
    const accepting = accepted.get(request);
    if (accepting !== undefined) keepConnection(client, accepting);
    const connection = openConnection(client);
    client.once('close', () => connection?.closed());
  });
}

/** Asks the application's own `verifyClient`, which answers by a callback if it takes one. */
function verifyToo(
  verify: WsServer['options']['verifyClient'],
  info: { req: IncomingMessage },
  answer: VerifyAnswer,
): void {
  if (!verify) answer(true);
  else if (verify.length > 1) verify(info, answer);
  else answer(Boolean((verify as (info: object) => unknown)(info)), 401);
}

function refuseUpgrade(error: unknown, answer: VerifyAnswer): void {
  if (!(error instanceof AuthError)) return answer(false, 500);
  const { status, headers, body } = authProblem(error);
  answer(false, status, JSON.stringify(body), headers);
}

/** Runs a handler in a scope of its connection, until its answer is complete. */
function inScope(client: SocketClient, handler: WsMessageHandler): WsMessageHandler {
  const callback = (...values: unknown[]): unknown => {
    const connection = connectionOf(client);
    if (connection === undefined) return handler.callback(...values);
    const scope = openScope(connection);
    const close = (): void => closeScope(scope);
    const answer: unknown = runInScope(scope, () => handler.callback(...values));
    if (!isPromise(answer)) return untilComplete(answer, close);
    return answer.then(
      (value: unknown) => untilComplete(value, close),
      (error: unknown) => {
        close();
        throw error;
      },
    );
  };
  return { ...handler, callback: callback as WsMessageHandler['callback'] };
}

function untilComplete(answer: unknown, close: () => void): unknown {
  if (isObservable(answer)) return answer.pipe(finalize(close));
  close();
  return answer;
}

/** Takes a new token. The answer is `watchword:renewed` with the end of the token, or `exception`; with an acknowledgement, that. */
function renewal(client: SocketClient): WsMessageHandler {
  return {
    message: RENEW,
    methodName: RENEW,
    isAckHandledManually: true,
    callback: async (data: unknown, ack?: unknown): Promise<undefined> => {
      const { event, answer } = await renewed(client, (data as { token?: unknown } | undefined)?.token);
      if (typeof ack === 'function') (ack as (answer: object) => void)(answer);
      else sendTo(client, event, answer);
    },
  } as unknown as WsMessageHandler;
}

async function renewed(client: SocketClient, token: unknown): Promise<{ event: string; answer: object }> {
  try {
    if (typeof token !== 'string') throw new AuthError('credentials_malformed', { reason: 'no token to renew with' });
    const connection = connectionOf(client);
    if (connection === undefined) throw new AuthError('context_unsupported');
    const { expiresAt } = await connection.renew(token);
    return { event: RENEWED, answer: { expiresAt } };
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return { event: 'exception', answer: authRpcError(error) };
  }
}

function isIoServer(server: unknown): server is IoServer {
  const { use, of, emit } = server as Partial<Record<'use' | 'of' | 'emit', unknown>>;
  return typeof use === 'function' && (typeof of === 'function' || typeof emit === 'function');
}

function isWsServer(server: unknown): server is WsServer {
  const { handleUpgrade, options } = server as Partial<WsServer>;
  return typeof handleUpgrade === 'function' && typeof options === 'object';
}
