/**
 * What resolvers of `@nestjs/graphql` need: a module beside `AuthModule`.
 *
 * @module
 */
export { AuthGraphqlModule } from '../nest/graphql/auth-graphql.module.js';
