/**
 * Wiring that must not compile. `tsc --noEmit` reads this file: a line marked `@ts-expect-error` that does compile is an error.
 */
import { provide, tokenOf } from '@watchword/platform';

class Accounts {
  private readonly accounts = 1;
  count = (): number => this.accounts;
}

class Sessions {
  private readonly sessions = 1;
  count = (): number => this.sessions;
}

interface Clock {
  now(): number;
}

const CLOCK = tokenOf<Clock>(Symbol('Clock'));
const NAME = tokenOf<string>(Symbol('Name'));

class LogIn {
  constructor(
    readonly accounts: Accounts,
    readonly sessions: Sessions,
    readonly clock: Clock,
  ) {}
}

export const wiring = [
  provide(LogIn, [Accounts, Sessions, CLOCK]),
  provide(LogIn, [Accounts, CLOCK], (accounts, clock) => new LogIn(accounts, new Sessions(), clock)),
  provide(CLOCK, [], () => ({ now: () => 1 })),
  provide(NAME, [CLOCK], async (clock) => `at ${clock.now()}`),

  // @ts-expect-error the wrong order
  provide(LogIn, [Sessions, Accounts, CLOCK]),
  // @ts-expect-error one is missing
  provide(LogIn, [Accounts, Sessions]),
  // @ts-expect-error one too many
  provide(LogIn, [Accounts, Sessions, CLOCK, CLOCK]),
  // @ts-expect-error a token of another type
  provide(LogIn, [Accounts, Sessions, NAME]),
  // @ts-expect-error a symbol that does not say what it injects
  provide(LogIn, [Accounts, Sessions, Symbol('Clock')]),
  // @ts-expect-error a factory that makes something else than the token promises
  provide(CLOCK, [NAME], (name) => name),
  // @ts-expect-error the factory's parameters in the wrong order
  provide(LogIn, [Accounts, Sessions, CLOCK], swapped),
];

function swapped(sessions: Sessions, accounts: Accounts, clock: Clock): LogIn {
  return new LogIn(accounts, sessions, clock);
}
