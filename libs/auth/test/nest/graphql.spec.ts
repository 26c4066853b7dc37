import type { AddressInfo } from 'node:net';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Args,
  Field,
  GraphQLModule,
  ObjectType,
  Query,
  ResolveField,
  ResolveReference,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import { AuthModule, CallerContext, CurrentUser, Public, Roles, Scopes, type VerifiedToken } from '@watchword/auth';
import { AuthGraphqlModule } from '@watchword/auth/graphql';
import { userClaims, createTestIssuer, ManualClock, refusedTokens, type TestIssuer } from '@watchword/auth/testing';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ToldList } from '../support/told-list.js';

const clock = new ManualClock(Date.now());
const revocations = new ToldList();
let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await createTestIssuer({ clock });
});

@ObjectType()
class Employee {
  @Field(() => String)
  name!: string;
}

/** Salaries are for hr; who works here is for everybody with a token. */
@Resolver(() => Employee)
class EmployeeResolver {
  @Query(() => Employee)
  employee(): Employee {
    return { name: 'Ada' };
  }

  @ResolveField(() => Number)
  @Roles('hr')
  salary(): number {
    return 90_000;
  }
}

/** Tells of its caller for as long as somebody listens. */
@Resolver()
class NewsResolver {
  static readonly ended: string[] = [];

  constructor(private readonly callers: CallerContext) {}

  @Query(() => String)
  me(@CurrentUser() user: VerifiedToken): string {
    return user.subject;
  }

  @Subscription(() => String)
  @Scopes('news:read')
  async *news(@Args('times', { type: () => Number }) times: number): AsyncGenerator<{ news: string }> {
    try {
      for (let time = 0; time < times; time += 1) {
        yield { news: String(this.callers.current()?.verified.subject) };
        await Promise.resolve();
      }
      await new Promise((_, reject) => {
        const { signal } = this.callers.current() ?? {};
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      });
    } catch (error) {
      NewsResolver.ended.push((error as { code: string }).code);
    }
  }

  @Subscription(() => String, { filter: ({ odd }: { odd: string }) => odd !== 'even' })
  async *odd(): AsyncGenerator<{ odd: string }> {
    yield { odd: 'even' };
    yield { odd: 'odd' };
  }

  @Subscription(() => String)
  @Public()
  async *weather(): AsyncGenerator<{ weather: string }> {
    yield { weather: 'sun' };
  }
}

async function start(
  providers: Type[],
  options: Partial<ApolloDriverConfig> = {},
  imports: Type[] = [AuthGraphqlModule],
) {
  @Module({
    imports: [
      AuthModule.forRoot({ ...issuer.trusted('people'), clock, revocations }),
      ...imports,
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        autoSchemaFile: true,
        graphiql: false,
        subscriptions: { 'graphql-ws': true },
        ...options,
      }),
    ],
    providers,
  })
  class AppModule {}
  return NestFactory.create(AppModule, { logger: false, abortOnError: false });
}

async function refusalOf(...parameters: Parameters<typeof start>): Promise<unknown> {
  const app = await start(...parameters);
  return app.init().then(
    () => app.close(),
    (error: unknown) => error,
  );
}

describe('an application with resolvers', () => {
  it('does not start without AuthGraphqlModule', async () => {
    expect(await refusalOf([EmployeeResolver], { fieldResolverEnhancers: ['guards'] }, [])).toMatchObject({
      message: expect.stringMatching(
        /^EmployeeResolver .*Import AuthGraphqlModule from '@watchword\/auth\/graphql'/,
      ) as unknown,
    });
  });

  it('does not start where a restricted field would be resolved without a guard, and names it and the mend', async () => {
    expect(await refusalOf([EmployeeResolver])).toMatchObject({
      message: expect.stringMatching(/EmployeeResolver\.salary is restricted.*fieldResolverEnhancers/) as unknown,
    });
    expect(await refusalOf([EmployeeResolver], { fieldResolverEnhancers: ['interceptors'] })).toBeInstanceOf(TypeError);
  });

  it('does not start where the whole class is restricted and one of its methods resolves a field', async () => {
    @Resolver(() => Employee)
    @Scopes('people:read')
    class BadgeResolver {
      @Query(() => Employee)
      employee(): Employee {
        return { name: 'Ada' };
      }
      @ResolveField(() => String)
      badge(): string {
        return '17';
      }
    }
    expect(await refusalOf([BadgeResolver])).toMatchObject({
      message: expect.stringContaining('BadgeResolver.badge') as unknown,
    });
  });

  it('does not start where a public query leads to a field that is not public, and Nest runs no guard for it', async () => {
    @Resolver(() => Employee)
    class DeskResolver {
      @Query(() => Employee)
      @Public()
      receptionist(): Employee {
        return { name: 'Ada' };
      }
      @ResolveField(() => String)
      desk(): string {
        return '17';
      }
    }
    @Resolver(() => Employee)
    class OpenDeskResolver extends DeskResolver {
      @Query(() => Employee)
      @Public()
      override receptionist(): Employee {
        return { name: 'Ada' };
      }
      @ResolveField(() => String)
      @Public()
      override desk(): string {
        return '18';
      }
    }
    expect(await refusalOf([DeskResolver])).toMatchObject({
      message: expect.stringMatching(
        /^DeskResolver\.desk requires a token.*DeskResolver\.receptionist is @Public\(\).*mark the field @Public/,
      ) as unknown,
    });
    expect(await refusalOf([DeskResolver], { fieldResolverEnhancers: ['guards'] })).toBeUndefined();
    expect(await refusalOf([OpenDeskResolver])).toBeUndefined();
  });

  it('does not start with a reference that strangers could ask for, since `_entities` leads to it without any query', async () => {
    @Resolver(() => Employee)
    class ReferenceResolver {
      @Query(() => Employee)
      employee(): Employee {
        return { name: 'Ada' };
      }
      @ResolveReference()
      byName(reference: Employee): Employee {
        return reference;
      }
    }
    @Resolver(() => Employee)
    class OpenReferenceResolver extends ReferenceResolver {
      @ResolveReference()
      @Public()
      override byName(reference: Employee): Employee {
        return reference;
      }
    }
    expect(await refusalOf([ReferenceResolver])).toMatchObject({
      message: expect.stringMatching(/^ReferenceResolver\.byName requires a token.*fieldResolverEnhancers/) as unknown,
    });
    expect(await refusalOf([ReferenceResolver], { fieldResolverEnhancers: ['guards'] })).toBeUndefined();
    expect(await refusalOf([OpenReferenceResolver])).toBeUndefined();
  });

  it('does not start with a resolver that is public and restricted', async () => {
    @Resolver()
    class ContradictingResolver {
      @Query(() => String)
      @Public()
      @Roles('hr')
      both(): string {
        return '';
      }
    }
    expect(await refusalOf([ContradictingResolver])).toMatchObject({
      message: expect.stringContaining('ContradictingResolver.both is @Public() and also restricted') as unknown,
    });
  });
});

describe('a GraphQL application', () => {
  let app: INestApplication;
  let address: string;
  beforeAll(async () => {
    app = await start([EmployeeResolver, NewsResolver], { fieldResolverEnhancers: ['guards', 'filters'] });
    await app.listen(0, '127.0.0.1');
    address = `127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}/graphql`;
  });
  afterAll(() => app.close());

  const mint = (user: Parameters<typeof userClaims>[0] = {}) =>
    issuer.mint(userClaims({ audience: 'people', ...user }));

  describe('over HTTP', () => {
    const ask = async (query: string, token?: string): Promise<unknown> => {
      const response = await fetch(`http://${address}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ query }),
      });
      return response.json();
    };
    const refused = (code: string, status: number) => [{ extensions: { code, status } }];

    it('guards queries and fields, with the code of the refusal', async () => {
      expect(await ask('{ employee { name } }')).toMatchObject({
        data: null,
        errors: refused('authentication_required', 401),
      });
      expect(await ask('{ employee { name } }', await mint())).toEqual({ data: { employee: { name: 'Ada' } } });
      expect(await ask('{ employee { name salary } }', await mint({ roles: ['clerk'] }))).toMatchObject({
        data: null,
        errors: refused('insufficient_role', 403),
      });
      expect(await ask('{ employee { salary } }', await mint({ roles: ['hr'] }))).toEqual({
        data: { employee: { salary: 90_000 } },
      });
      expect(await ask('{ me }', await mint({ subject: 'ada' }))).toEqual({ data: { me: 'ada' } });
    });

    it('refuses every kind of bad token', async () => {
      for (const { why, token } of await refusedTokens(issuer, userClaims({ audience: 'people' }))) {
        expect({ why, answer: await ask('{ me }', token) }).toMatchObject({
          why,
          answer: { data: null, errors: refused('invalid_token', 401) },
        });
      }
    });
  });

  describe('over WebSocket', () => {
    let clients: Client[] = [];
    afterEach(() => {
      for (const client of clients) void client.dispose();
      clients = [];
    });

    /** A connection with these parameters, and with a header of its handshake. */
    function connect(connectionParams: Record<string, unknown>, authorization?: string) {
      const closes: number[] = [];
      const headers = authorization === undefined ? {} : { authorization };
      class Socket extends WebSocket {
        constructor(url: string, protocols: string) {
          super(url, protocols, { headers });
        }
      }
      const client = createClient({
        url: `ws://${address}`,
        webSocketImpl: Socket,
        connectionParams,
        retryAttempts: 0,
        on: { closed: (event) => void closes.push((event as { code: number }).code) },
      });
      clients.push(client);
      return { client, closes };
    }

    const ask = async (client: Client, query: string): Promise<unknown> => {
      try {
        for await (const answer of client.iterate({ query })) return answer;
        return undefined;
      } catch (errors) {
        return { errors };
      }
    };
    const bearer = async (user: Parameters<typeof userClaims>[0] = {}) => ({
      authorization: `Bearer ${await mint({ scopes: ['news:read'], ...user })}`,
    });
    const refused = (code: string) => ({ errors: [{ extensions: { code } }] });

    it('takes the token of the connection, from its parameters or from the header of the handshake', async () => {
      const { authorization } = await bearer({ subject: 'ada' });
      for (const { client } of [
        connect({ authorization }),
        connect({ Authorization: authorization }),
        connect({}, authorization),
      ]) {
        expect(await ask(client, '{ me }')).toEqual({ data: { me: 'ada' } });
        expect(await ask(client, 'subscription { news(times: 1) }')).toEqual({ data: { news: 'ada' } });
      }
    });

    it('refuses none, two, bad ones, and what is no text', async () => {
      const { authorization } = await bearer();
      const good = authorization;
      const cases: [string, Record<string, unknown>, string?][] = [
        ['authentication_required', {}],
        ['invalid_request', { authorization }, good],
        ['invalid_request', { authorization, Authorization: good }],
        ['invalid_request', { authorization: [good] }],
        ['invalid_request', { authorization: '' }],
        ['invalid_token', {}, 'Bearer x'],
      ];
      for (const [code, parameters, header] of cases) {
        const { client } = connect(parameters, header);
        for (const query of ['{ me }', 'subscription { news(times: 1) }', 'subscription { odd }']) {
          expect({ parameters, query, answer: await ask(client, query) }).toMatchObject({ answer: refused(code) });
        }
      }
      for (const { token } of await refusedTokens(issuer, userClaims({ audience: 'people', scopes: ['news:read'] }))) {
        const { client } = connect({ authorization: `Bearer ${token}` });
        expect(await ask(client, 'subscription { news(times: 1) }')).toMatchObject(refused('invalid_token'));
      }
    });

    it('demands what the subscription demands, filters, and gives public ones to anybody', async () => {
      const { client } = connect(await bearer({ scopes: [] }));
      expect(await ask(client, 'subscription { news(times: 1) }')).toMatchObject(refused('insufficient_scope'));
      expect(await ask(client, 'subscription { odd }')).toEqual({ data: { odd: 'odd' } });
      expect(await ask(connect({}).client, 'subscription { weather }')).toEqual({ data: { weather: 'sun' } });
    });

    it('runs each subscription as its own caller, with others between its events', async () => {
      const subjects = Array.from({ length: 20 }, (_, index) => `user-${index}`);
      const heard = await Promise.all(
        subjects.map(async (subject) => {
          const { client } = connect(await bearer({ subject }));
          const news: unknown[] = [];
          for await (const { data } of client.iterate({ query: 'subscription { news(times: 20) }' })) {
            if (news.push(data?.['news']) === 20) break;
          }
          return news;
        }),
      );
      expect(heard).toEqual(subjects.map((subject) => Array.from({ length: 20 }, () => subject)));
    });

    it.each([
      ['expires', 'token_expired', () => clock.advance(306)],
      ['is revoked', 'token_revoked', () => revocations.revoke('session-7')],
    ])('ends a subscription and its connection when the token %s, and tells the handler', async (_, code, end) => {
      NewsResolver.ended.length = 0;
      const { client, closes } = connect(await bearer({ sessionId: 'session-7' }));
      const bystander = connect({
        authorization: `Bearer ${await issuer.mint(userClaims({ audience: 'people', scopes: ['news:read'] }), { lifetime: 3600 })}`,
      });
      const others = bystander.client.iterate({ query: 'subscription { news(times: 1) }' });
      expect((await others.next()).value).toMatchObject({ data: {} });
      const events = client.iterate({ query: 'subscription { news(times: 1) }' });
      expect((await events.next()).value).toMatchObject({ data: {} });
      const next = events.next();
      end();
      await expect(next).rejects.toMatchObject([
        { message: 'The access token is not valid', extensions: { code: 'invalid_token' } },
      ]);
      while (closes.length === 0) await new Promise((resolve) => void setImmediate(resolve));
      expect(closes).toEqual([4403]);
      expect(NewsResolver.ended).toEqual([code]);
      expect(bystander.closes).toEqual([]);
      expect(await ask(bystander.client, '{ me }')).toMatchObject({ data: {} });
    });
  });
});
