import { Module, type NestModule, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { handlerClasses } from '../boot/handler-classes.js';
import { GUARDS } from '../boot/needed-module.js';
import { registerAdapters } from '../contexts/adapters.js';
import { interceptStreams } from '../streams/intercept-streams.js';
import { auditFields, isSubscription } from './field-audit.js';
import { graphqlContext } from './graphql-context.js';
import { subscriptionEndsWithToken } from './subscriptions.js';

/**
 * Protects the resolvers of `@nestjs/graphql`, with the guard and the decorators of `AuthModule`. Import it beside `AuthModule`: an
 * application with resolvers does not start without it.
 *
 * Queries, mutations and subscriptions over HTTP are authenticated by the Authorization header, and over WebSocket (graphql-ws) by the
 * header of the handshake or the parameter `authorization` of the connection. A subscription ends when its token expires or is revoked.
 *
 * @throws TypeError, when the application starts, for a field or a reference that Nest would resolve without the guard that it needs
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common';
 * import { Field, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
 * import { AuthModule, CurrentUser, Roles, type VerifiedToken } from '@watchword/auth';
 * import { AuthGraphqlModule } from '@watchword/auth/graphql';
 *
 * @ObjectType()
 * class Parcel {
 *   @Field(() => String)
 *   owner!: string;
 * }
 *
 * @Resolver(() => Parcel)
 * class ParcelsResolver {
 *   @Query(() => Parcel)
 *   parcel(@CurrentUser() user: VerifiedToken): Parcel {
 *     return { owner: user.subject };
 *   }
 *
 *   @ResolveField(() => Number)
 *   @Roles('clerk')
 *   weight(): number {
 *     return 3;
 *   }
 * }
 *
 * // And GraphQLModule.forRoot({ …, fieldResolverEnhancers: ['guards', 'filters'] }), so that Nest runs the guard for `weight`.
 * @Module({
 *   imports: [
 *     AuthModule.forRoot({ issuer: 'https://auth.example', audience: 'parcels', keys: { discovery: true } }),
 *     AuthGraphqlModule,
 *   ],
 *   providers: [ParcelsResolver],
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class AuthGraphqlModule implements NestModule, OnModuleInit {
  /** @internal */
  static readonly [GUARDS] = 'graphql';

  /** @internal Nest calls it. */
  constructor(private readonly modules: ModulesContainer) {
    registerAdapters([graphqlContext]);
  }

  /** @internal Nest calls it, before it makes resolvers of the methods. */
  configure(): void {
    for (const { type } of handlerClasses(this.modules)) {
      interceptStreams(type, subscriptionEndsWithToken, isSubscription);
    }
  }

  /** @internal Nest calls it. */
  onModuleInit(): void {
    auditFields(this.modules);
  }
}
