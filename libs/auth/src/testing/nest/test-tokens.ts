import { CallerContext, OutboundTokens, type OutboundToken } from '../../propagation/index.js';

/** Gives each call the token of the test's user. */
export class TestTokens extends OutboundTokens {
  constructor(private readonly make: () => string) {
    super({ callers: new CallerContext(), issuer: '' });
  }

  override tokenFor(): OutboundToken {
    return { value: this.make(), isCallers: true, forget: () => false };
  }
}

/** Names the called service in errors. */
export const SERVICE = { name: 'the tested service', audience: 'test' } as const;
