import type { IssuerGrants, Grants } from './trusted-issuer.js';

/** Maps the roles or scopes that a token claims to the ones that this service accepts. */
export type Granting = (claimed: readonly string[]) => readonly string[];

export interface Grantings {
  readonly roles: Granting;
  readonly scopes: Granting;
}

const NOTHING: Granting = () => [];

/** Accepts everything that the issuer claims. */
export const EVERYTHING: Granting = (claimed) => claimed;

/**
 * @param byDefault which of the issuer's roles and scopes are accepted when `grants` does not mention them
 * @throws TypeError unless each is a list of names or a map from name to names
 */
export function grantings({ roles, scopes }: IssuerGrants, byDefault: 'everything' | 'nothing'): Grantings {
  const rest = byDefault === 'everything' ? EVERYTHING : NOTHING;
  return {
    roles: roles === undefined ? rest : granting('roles', roles),
    scopes: scopes === undefined ? rest : granting('scopes', scopes),
  };
}

function granting(what: string, grants: Grants): Granting {
  const pairs: [string, readonly unknown[]][] = isList(grants)
    ? grants.map((name) => [name, [name]])
    : Object.entries(grants).map(([theirs, ours]) => [theirs, [ours].flat()]);
  const table = new Map(pairs);
  for (const name of [...table.keys(), ...[...table.values()].flat()]) {
    if (typeof name !== 'string' || name === '') throw new TypeError(`\`grants.${what}\` must be names`);
  }
  return (claimed) => claimed.flatMap((name) => (table.get(name) ?? []) as readonly string[]);
}

const isList = (grants: Grants): grants is readonly string[] => Array.isArray(grants);
