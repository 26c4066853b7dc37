import { jest } from '@jest/globals';
import { Metadata } from '@grpc/grpc-js';
import { HttpException, Logger, type ExecutionContext, type Type } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/internal';
import {
  AccessTokenGuard,
  AuthError,
  AuthExceptionFilter,
  CurrentUser,
  Public,
  TokenVerifier,
  type VerifiedToken,
} from '@watchword/auth';
import { DownstreamError } from '@watchword/auth/clients';
import { userClaims, createTestIssuer, type TestIssuer } from '@watchword/auth/testing';
import { registerAdapters } from '../../src/nest/contexts/adapters.js';
import { graphqlContext } from '../../src/nest/graphql/graphql-context.js';

/** The kinds of context that need packages which are not installed here, as those packages build them. */
class Handlers {
  guarded(@CurrentUser() _user: VerifiedToken): void {}
  @Public()
  openTo(@CurrentUser() _user: VerifiedToken): void {}
  @Public()
  open(): void {}
}

let issuer: TestIssuer;
let guard: AccessTokenGuard;
beforeAll(async () => {
  registerAdapters([graphqlContext]);
  issuer = await createTestIssuer();
  guard = new AccessTokenGuard(new TokenVerifier({ issuers: [issuer.trusted('things')] }));
  Object.assign(guard, { onRefused: () => undefined });
});

function contextOf(type: string, args: unknown[], handler: keyof Handlers = 'guarded'): ExecutionContext {
  const context = new ExecutionContextHost(args, Handlers as Type, Handlers.prototype[handler]);
  context.setType(type);
  return context;
}

const mint = (): Promise<string> => issuer.mint(userClaims({ audience: 'things' }));
const requestWith = (...authorization: string[]): object => ({
  rawHeaders: ['Host', 'x', ...authorization.flatMap((value) => ['AUTHORIZATION', value])],
});
const code = (context: ExecutionContext): Promise<unknown> =>
  Promise.resolve()
    .then(() => guard.canActivate(context))
    .catch((error: AuthError) => error.code);

describe.each([
  ['http', (request: unknown) => [request]],
  ['http', (request: unknown) => [{ raw: request }]],
  ['graphql', (request: unknown) => [{}, {}, { req: request }, {}]],
  // What a reference gets: no arguments between the reference and the context.
  ['graphql', (request: unknown) => [{}, { req: request }, {}]],
])('%s', (type, args) => {
  it('lets a good token in, and nothing else', async () => {
    const good = `Bearer ${await mint()}`;
    expect(await code(contextOf(type, args(requestWith(good))))).toBe(true);
    expect(await code(contextOf(type, args(requestWith())))).toBe('credentials_missing');
    expect(await code(contextOf(type, args(requestWith(good, good))))).toBe('credentials_malformed');
    expect(await code(contextOf(type, args(requestWith('Bearer x'))))).toBe('token_malformed');
  });

  it('refuses a context without a request, or a request without raw headers', async () => {
    for (const request of [undefined, null, 'text', {}, { headers: { authorization: `Bearer ${await mint()}` } }]) {
      expect(await code(contextOf(type, args(request)))).toBe('context_unsupported');
    }
  });
});

it('refuses a message of a transport that nobody knows, but for public handlers', async () => {
  const pigeon = [{}, { getTopic: () => 'topic' }];
  expect(await code(contextOf('rpc', pigeon))).toBe('context_unsupported');
  expect(await code(contextOf('rpc', pigeon, 'open'))).toBe(true);
  expect(await code(contextOf('rpc', [{}]))).toBe('context_unsupported');
});

it('refuses a gRPC call with two tokens, or with what is not text', async () => {
  const good = `Bearer ${await mint()}`;
  const call = (...values: (string | Buffer)[]): ExecutionContext => {
    const metadata = new Metadata();
    for (const value of values) metadata.add(typeof value === 'string' ? 'authorization' : 'other-bin', value);
    return contextOf('rpc', [{}, metadata, { metadata }]);
  };
  expect(await code(call(good))).toBe(true);
  expect(await code(call(good, good))).toBe('credentials_malformed');
  expect(await code(call(Buffer.from(good)))).toBe('credentials_missing');
});

it('refuses a message whose metadata cannot be read', async () => {
  const broken = { getMetadata: () => JSON.parse('{') as unknown };
  const canActivate = Promise.resolve().then(() => guard.canActivate(contextOf('rpc', [{}, broken])));
  await expect(canActivate).rejects.toThrow(SyntaxError);
});

it.each(['', 'necord', '__proto__', 'constructor', 'toString'])('refuses a context of the kind %j', async (type) => {
  const context = contextOf('http', [requestWith(`Bearer ${await mint()}`)]);
  Object.assign(context, { contextType: type });
  expect(await code(context)).toBe('context_unsupported');
});

describe('the filter', () => {
  const filter = new AuthExceptionFilter({ httpAdapter: undefined } as never);
  const caught = (type: string, args: unknown[], error: AuthError | DownstreamError): unknown =>
    filter.catch(error, contextOf(type, args));

  it('gives GraphQL an error with the public code alone', () => {
    const error = caught('graphql', [], new AuthError('signature_invalid', { reason: 'private' })) as HttpException;
    expect(error).toBeInstanceOf(HttpException);
    expect(error.getResponse()).toMatchObject({ status: 401, code: 'invalid_token' });
    expect(error).toMatchObject({
      message: 'The access token is not valid',
      extensions: { code: 'invalid_token', status: 401 },
    });
    expect(JSON.stringify(error.getResponse())).not.toContain('private');
  });

  it('throws in a context that would take a returned error for the result', () => {
    expect(() => caught('rmq', [], new AuthError('signature_invalid'))).toThrow(HttpException);
  });

  it('emits an exception event to a web socket', () => {
    const events: unknown[] = [];
    const client = { emit: (...event: unknown[]) => events.push(event) };
    caught('ws', [client], new DownstreamError({ status: 404, code: 'not_found', message: 'No such thing' }));
    expect(events).toEqual([['exception', { status: 404, code: 'not_found', message: 'No such thing' }]]);
  });

  it('logs calls that fail by the thousand in a bounded number of lines, each service for itself', () => {
    jest.useFakeTimers();
    const lines: string[] = [];
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation((line: string) => void lines.push(line));
    const failed = (service: string) =>
      new DownstreamError({ status: 502, code: 'bad_gateway', message: `The service ${service} failed` });
    for (let i = 0; i < 1000; i += 1) caught('graphql', [], failed('catalog'));
    caught('graphql', [], failed('inventory'));
    expect(lines).toEqual([...Array<string>(10).fill('The service catalog failed'), 'The service inventory failed']);
    jest.advanceTimersByTime(1000);
    expect(lines.slice(11)).toEqual(['990 more times within a second: The service catalog failed']);
    error.mockRestore();
    jest.useRealTimers();
  });

  it('catches what it says and nothing else', () => {
    expect(Reflect.getMetadata('__filterCatchExceptions__', AuthExceptionFilter)).toEqual([AuthError, DownstreamError]);
  });
});
