import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { callerOf } from '../propagation/caller-context.js';
import { AuthError, type VerifiedToken } from '../verification/index.js';
import { adapterFor } from './contexts/adapters.js';
import { declare, requirementsOf } from './requirements/requirements.js';
import type { Handler } from './requirements/handler-place.js';

/**
 * The caller's {@link VerifiedToken} as a parameter of a handler. In a handler with `@Public({ verify: 'optional' })` it is undefined
 * if the request has no token.
 *
 * @throws AuthError `credentials_missing` in any other public handler: there is no verified caller
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { CurrentUser, type VerifiedToken } from '@watchword/auth';
 *
 * @Controller('me')
 * export class MeController {
 *   @Get()
 *   me(@CurrentUser() { issuer, subject }: VerifiedToken) {
 *     return { issuer, subject };
 *   }
 * }
 * ```
 */
export function CurrentUser(): ParameterDecorator {
  return (target: object, key: string | symbol | undefined, index: number) => {
    declare(target, key, (declaration) => (declaration.readsCaller = true));
    parameter()(target, key, index);
  };
}

const parameter = createParamDecorator((_: unknown, context: ExecutionContext): VerifiedToken | undefined => {
  const { verify } = requirementsOf(context.getClass(), context.getHandler() as Handler);
  const caller = verify === 'never' ? undefined : callerOf(adapterFor(context).request(context));
  if (caller !== undefined || verify === 'optional') return caller?.verified;
  throw new AuthError('credentials_missing', { reason: '@CurrentUser() in a handler without a verified caller' });
});
