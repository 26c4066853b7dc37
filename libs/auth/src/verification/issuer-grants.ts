import type { IssuerGrants, Grants } from './trusted-issuer.js';

/** Translates what an issuer's token claims into what counts here. */
export type Granting = (claimed: readonly string[]) => readonly string[];

export interface Grantings {
  readonly roles: Granting;
  readonly scopes: Granting;
}

const NOTHING: Granting = () => [];

/** Whatever the issuer says counts. */
export const EVERYTHING: Granting = (claimed) => claimed;

/**
 * @param byDefault of the issuer's roles and scopes where its trust says nothing of them
 * @throws TypeError for what is not a list of names, nor names by name
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
