import type { ExecutionContext, Logger } from '@nestjs/common';
import { isHeard, publish, type AuthError, type VerifiedToken } from '../verification/index.js';
import { textOfRequirements, type Requirements } from './requirements/requirements.js';

/**
 * Tells of each decision of the guard: to the channels `watchword:verify` and `watchword:refuse`, and to the log where the environment
 * has `AUTH_EXPLAIN=1`. Nothing of a token is written but its claims' roles and scopes, its issuer and the id of its key.
 */
export class Decisions {
  readonly #callers = new WeakMap<ExecutionContext, VerifiedToken>();

  constructor(
    private readonly logger: Pick<Logger, 'log'>,
    // oxlint-disable-next-line node/no-process-env -- a switch for debugging, in an application whose configuration does not know it
    private readonly isExplained = process.env['AUTH_EXPLAIN'] === '1',
  ) {}

  /** Whether anybody wants to know. Asked first, so that nobody pays for it otherwise. */
  get isObserved(): boolean {
    return this.isExplained || isHeard('verify') || isHeard('refuse');
  }

  verified(context: ExecutionContext, caller: VerifiedToken): void {
    this.#callers.set(context, caller);
  }

  accepted(context: ExecutionContext, requirements: Requirements): void {
    const caller = this.#callers.get(context);
    publish('verify', () => ({ handler: handlerOf(context), context: context.getType(), caller }));
    this.#explain(context, 'accepted', requirements);
  }

  refused(context: ExecutionContext, error: AuthError, requirements: Requirements): void {
    publish('refuse', () => ({ handler: handlerOf(context), context: context.getType(), error }));
    this.#explain(context, `refused as ${error.message}`, requirements);
  }

  #explain(context: ExecutionContext, decision: string, requirements: Requirements): void {
    if (!this.isExplained) return;
    const asked = textOfRequirements(requirements);
    const had = textOfCaller(this.#callers.get(context));
    this.logger.log(`${handlerOf(context)} (${context.getType()}) ${decision}. Required: ${asked}. Presented: ${had}.`);
  }
}

function handlerOf(context: ExecutionContext): string {
  return `${context.getClass().name}.${context.getHandler().name}`;
}

function textOfCaller(caller: VerifiedToken | undefined): string {
  if (caller === undefined) return 'no verified token';
  const { issuer, keyId, roles, scopes } = caller;
  const list = (names: ReadonlySet<string>): string => [...names].join(', ') || 'none';
  return `roles ${list(roles)}; scopes ${list(scopes)}; from ${issuer}, key ${keyId}`;
}
