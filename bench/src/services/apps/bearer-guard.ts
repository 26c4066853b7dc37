import { UnauthorizedException, type CanActivate, type ExecutionContext, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { TcpContext } from '@nestjs/microservices';

/** Answers the token's payload, in place or later; throws or rejects when the token is bad. */
export type Verify = (token: string) => unknown;

interface BearerRequest {
  headers: { authorization?: string };
  user?: unknown;
}

/**
 * The guard of Nest's own documentation (Authentication, "Implementing the authentication guard"), made global, over
 * a library that has no Nest binding.
 */
export class BearerGuard implements CanActivate {
  constructor(private readonly verify: Verify) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rpc = context.getType() === 'rpc';
    const request = rpc ? undefined : context.switchToHttp().getRequest<BearerRequest>();
    const token = bearer(request ? request.headers.authorization : rpcAuthorization(context));
    if (token === undefined) throw new UnauthorizedException();
    try {
      const payload = await this.verify(token);
      if (request) request.user = payload;
    } catch {
      throw new UnauthorizedException();
    }
    return true;
  }
}

export function bearerGuard(verify: Verify): Provider {
  return { provide: APP_GUARD, useValue: new BearerGuard(verify) };
}

function bearer(authorization: string | undefined): string | undefined {
  const [type, token] = authorization?.split(' ') ?? [];
  return type === 'Bearer' ? token : undefined;
}

function rpcAuthorization(context: ExecutionContext): string | undefined {
  const metadata = context.switchToRpc().getContext<TcpContext>().getMetadata() as BearerRequest['headers'] | undefined;
  return metadata?.authorization;
}
