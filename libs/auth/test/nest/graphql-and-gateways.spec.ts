import { Module } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  AbstractGraphQLDriver,
  Field,
  GraphQLModule,
  ObjectType,
  Query,
  ResolveField,
  ResolveReference,
  Resolver,
} from '@nestjs/graphql';
import type { GqlModuleOptions } from '@nestjs/graphql';
import { Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AuthModule, Public, Roles, Scopes } from '@watchword/auth';
import { asUser, createTestIssuer } from '@watchword/auth/testing';
import type { TestIssuer } from '@watchword/auth/testing';
import type { Request, Response } from 'express';
import { graphql } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import type { AddressInfo } from 'node:net';
import { freePort } from './support/free-port.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await createTestIssuer();
});

/** The least that makes an endpoint of the schema which @nestjs/graphql builds. */
class Driver extends AbstractGraphQLDriver {
  start({ schema }: GqlModuleOptions & { schema?: GraphQLSchema }): Promise<void> {
    if (schema === undefined) throw new Error('no schema');
    this.httpAdapterHost.httpAdapter.post('/graphql', (req: Request, res: Response) => {
      const { query } = req.body as { query: string };
      void graphql({ schema, source: query, contextValue: { req } }).then((answer) => res.json(answer));
    });
    return Promise.resolve();
  }
  stop(): Promise<void> {
    return Promise.resolve();
  }
}

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

function start(providers: Type[], options: GqlModuleOptions = {}) {
  @Module({
    imports: [
      AuthModule.forRoot(issuer.trusted('people')),
      ...(providers.some((type) => type.name.endsWith('Resolver'))
        ? [GraphQLModule.forRoot({ driver: Driver, autoSchemaFile: true, ...options })]
        : []),
    ],
    providers,
  })
  class AppModule {}
  return NestFactory.create(AppModule, { logger: false, abortOnError: false });
}

async function refusalOf(providers: Type[], options?: GqlModuleOptions): Promise<unknown> {
  const app = await start(providers, options);
  app.useWebSocketAdapter(new WsAdapter(app));
  return app.init().then(
    () => app.close(),
    (error: unknown) => error,
  );
}

describe('an application with resolvers', () => {
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

  it('guards queries, and fields where Nest is told to', async () => {
    const app = await start([EmployeeResolver], { fieldResolverEnhancers: ['guards'] });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const ask = async (query: string, roles?: string[]): Promise<unknown> => {
      const token = roles && (await issuer.mint(asUser({ audience: 'people', roles })));
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ query }),
      });
      return response.json();
    };
    expect(await ask('{ employee { name } }')).toMatchObject({ data: null });
    expect(await ask('{ employee { name } }', [])).toEqual({ data: { employee: { name: 'Ada' } } });
    expect(await ask('{ employee { name salary } }', ['clerk'])).toMatchObject({ data: null });
    expect(await ask('{ employee { salary } }', ['hr'])).toEqual({ data: { employee: { salary: 90_000 } } });
    await app.close();
  });
});

describe('an application with gateways', () => {
  it('does not start with a message that is public and restricted', async () => {
    @WebSocketGateway()
    class Gateway {
      @SubscribeMessage('both')
      @Public()
      @Scopes('people:read')
      both(): void {}
    }
    expect(await refusalOf([Gateway])).toMatchObject({
      message: expect.stringContaining('Gateway.both is @Public()') as unknown,
    });
  });

  it('does not start with a decorated handleConnection, which Nest never guards', async () => {
    @WebSocketGateway()
    class Gateway {
      @Roles('hr')
      handleConnection(): void {}
    }
    expect(await refusalOf([Gateway])).toMatchObject({
      message: expect.stringMatching(/Gateway\.handleConnection has @Public, @Roles or @Scopes/) as unknown,
    });
  });

  it('does not start a microservice that serves them too, where nothing shows that the guard is in its configuration', async () => {
    const wsPort = await freePort();
    @WebSocketGateway(wsPort)
    class Gateway {
      @SubscribeMessage('read')
      @Roles('hr')
      read(): void {}
    }
    const app = await start([Gateway]);
    const options = { host: '127.0.0.1', port: await freePort() };
    const microservice = app.connectMicroservice({ transport: Transport.TCP, options }, { deferInitialization: true });
    microservice.useWebSocketAdapter(new WsAdapter());
    await expect(app.startAllMicroservices()).rejects.toThrow(
      /serves these gateways too.*: Gateway\..*inheritAppConfig: true/,
    );
    // Closes the gateways' port, which Nest opened before it let the server listen. That of the application does not.
    await microservice.close();
    await app.close();
  });

  it('starts with good ones', async () => {
    @WebSocketGateway()
    @Roles('hr')
    class Gateway {
      handleConnection(): void {}
      @SubscribeMessage('read')
      read(): void {}
    }
    expect(await refusalOf([Gateway])).toBeUndefined();
  });
});
