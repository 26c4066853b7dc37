import { type Row, type Table, ratioOf } from '../measure/measure.js';
import type { Verdict } from './verdict.js';

/** One thing that the project promises of its speed. */
interface Target {
  readonly what: string;
  /** The start of the table's title. */
  readonly table: string;
  readonly atLeast: number;
  readonly value: (row: (name: string) => Row) => number;
}

const ONE = 'HTTP on Nest Express, one token';
const MANY = 'HTTP on Nest Express, a pool';
const NEW = 'HTTP on Nest Express, every token new';
const SEEN = 'Verify a token seen before';

const TARGETS: readonly Target[] = [
  { what: 'seen tokens verified a second', table: SEEN, atLeast: 2e6, value: (row) => row('watchword').perSecond },
  { what: 'seen tokens ÷ fast-jwt with its cache', table: SEEN, atLeast: 5, value: (row) => row('watchword').ratio },
  {
    what: 'tokens never seen ÷ jose with a local key set, one after the other',
    table: 'Verify a token never seen, ES256, one',
    atLeast: 1,
    value: (row) => row('watchword').ratio,
  },
  {
    what: 'tokens never seen ÷ jose with a local key set, 16 at once',
    table: 'Verify a token never seen, ES256, 16',
    atLeast: 1,
    value: (row) => row('watchword').ratio,
  },
  { what: 'HTTP, one token ÷ no authentication', table: ONE, atLeast: 0.96, value: (row) => row('watchword').ratio },
  {
    what: 'HTTP, 10,000 tokens ÷ no authentication',
    table: MANY,
    atLeast: 0.92,
    value: (row) => row('watchword').ratio,
  },
  {
    what: 'HTTP, 10,000 tokens ÷ passport-jwt + jwks-rsa',
    table: MANY,
    atLeast: 4,
    value: (row) => ratioOf(row('watchword').samples, row('passport-jwt + jwks-rsa').samples),
  },
  {
    what: "HTTP, every token new ÷ a guard on jose's remote key set",
    table: NEW,
    atLeast: 1,
    value: (row) => ratioOf(row('watchword').samples, row('jose, remote key set').samples),
  },
  {
    what: 'client_credentials ÷ oidc-provider in memory',
    table: 'POST /oauth/token, client_credentials',
    atLeast: 1,
    value: (row) => row('watchword').ratio,
  },
  {
    what: 'rotating refresh ÷ oidc-provider on PostgreSQL',
    table: 'POST /oauth/token, refresh_token',
    atLeast: 1.5,
    value: (row) => row('watchword').ratio,
  },
];

/** Compares what was measured with the targets; those whose table was not measured are left out. */
export function compareWithTargets(tables: readonly Table[]): Verdict[] {
  return TARGETS.flatMap(({ what, table: title, atLeast, value }) => {
    const table = tables.find((candidate) => candidate.title.startsWith(title));
    if (!table) return [];
    return [{ what, bound: 'at least' as const, target: atLeast, measured: value((name) => rowOf(table, name)) }];
  });
}

function rowOf(table: Table, name: string): Row {
  const row = table.rows.find((candidate) => candidate.name === name);
  if (!row) throw new Error(`${table.title} has no row ${name}`);
  return row;
}
