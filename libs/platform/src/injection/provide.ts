import type { Abstract, FactoryProvider, InjectionToken, Type } from '@nestjs/common';

/** An injection token with the type of the injected value; see {@link tokenOf}. */
export type Token<T> = (string | symbol) & { readonly injects: T };

/** What identifies an injected `T`: its token or its class. */
export type Dependency<T> = Token<T> | Type<T> | Abstract<T>;

type Dependencies<P extends readonly unknown[]> = { readonly [I in keyof P]: Dependency<P[I]> };
type Injected<D> = D extends Type<infer T> | Abstract<infer T> ? T : D extends Token<infer T> ? T : never;
type InjectedInto<D extends readonly unknown[]> = { [I in keyof D]: Injected<D[I]> };

/**
 * A token for a value without a class.
 *
 * @param token a new symbol, or an existing one for which an app knows a more specific type
 * @example export const CLOCK = tokenOf<Clock>(Symbol('Clock'));
 */
export function tokenOf<T>(token: string | symbol): Token<T> {
  return token as Token<T>;
}

/**
 * A provider of a class, or of what `make` returns. Missing or swapped dependencies do not compile.
 *
 * @example provide(LogIn, [DATABASE, AccountStore])
 * @example provide(KeyStore, [KeyEncryptionKeys], (keys) => new KeyStore(new PrivateKeyEncryption(keys)))
 */
export function provide<T, P extends readonly unknown[]>(
  target: new (...dependencies: P) => T,
  inject: NoInfer<Dependencies<P>>,
): FactoryProvider<T>;
export function provide<T, const D extends readonly Dependency<unknown>[]>(
  target: Dependency<T>,
  inject: D,
  make: (...dependencies: InjectedInto<D>) => NoInfer<T> | Promise<NoInfer<T>>,
): FactoryProvider<T>;
export function provide(
  target: InjectionToken,
  inject: readonly InjectionToken[],
  make?: (...dependencies: never[]) => unknown,
): FactoryProvider {
  const construct = (...dependencies: unknown[]): unknown => new (target as Type<unknown>)(...dependencies);
  return { provide: target, inject: [...inject], useFactory: make ?? construct };
}
