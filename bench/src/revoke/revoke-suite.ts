import { randomBytes } from 'node:crypto';
import type { Bench } from '../bench-settings.js';
import { type BenchDatabase, createBenchDatabase } from '../issue/bench-database.js';
import type { IssuerSettings } from '../issue/issuer-settings.js';
import { WatchwordIssuer } from '../issue/watchword-issuer.js';
import { median } from '../measure/sample.js';
import type { Sheet } from '../report/print-table.js';
import { freePort } from '../services/free-port.js';
import { type Client, revokeTokensWhile } from './other-revocations.js';

const SESSIONS = 100_000;
const ROUNDS = 3;
const CLIENT: Client = { id: 'bench', secret: randomBytes(32).toString('base64url') };

interface Round {
  /** Seconds that the call took. */
  readonly call: number;
  /** Seconds that the slowest other revocation took meanwhile. */
  readonly others: number;
}

/** How long it takes to revoke very many sessions in one call, and how long others who revoke wait for it. */
export async function* revokeSuite(bench: Bench): AsyncGenerator<Sheet> {
  const database = await createBenchDatabase();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settings: IssuerSettings = {
    port,
    url,
    client: CLIENT,
    audience: 'inventory',
    scope: 'inventory:manage',
    signingKey: bench.keys.watchword,
    databaseUrl: database.url,
  };
  const issuer = await WatchwordIssuer.start(settings, database).catch(async (error: unknown) => {
    await database.drop();
    throw error;
  });
  const count = Math.ceil(SESSIONS * bench.scale);
  const rounds = async (
    prepare: () => Promise<void>,
    method: string,
    path: string,
    body?: object,
  ): Promise<Round[]> => {
    const measured: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await prepare();
      const timed = timedCall(issuer, method, path, body);
      const others = await revokeTokensWhile(url, CLIENT, timed);
      measured.push({ call: await timed, others });
    }
    return measured;
  };
  try {
    await addAccounts(database, 1001);
    const one = await rounds(
      () => addSessions(database, 'id = $2', count, accountId(1001)),
      'DELETE',
      `/admin/accounts/${accountId(1001)}/sessions`,
    );
    const role = await rounds(
      () => addSessions(database, 'id <= $2', count / 1000, accountId(1000)),
      'PUT',
      '/admin/roles/bench',
      { scopes: ['inventory:read'] },
    );
    const title = `${count.toLocaleString('en')} sessions revoked in one call, on PostgreSQL`;
    yield {
      title,
      head: ['', 'seconds', 'slowest other revocation meanwhile, seconds'],
      rows: [row('all of one account end', one), row('a role of 1,000 accounts changes', role)],
      verdict: {
        what: `${title}, seconds`,
        bound: 'at most',
        target: 3,
        measured: Math.max(...[...one, ...role].flatMap(({ call, others }) => [call, others])),
      },
    };
  } finally {
    await issuer.child.close();
    await database.drop();
  }
}

async function timedCall(issuer: WatchwordIssuer, method: string, path: string, body?: object): Promise<number> {
  const token = await issuer.administratorToken();
  const started = performance.now();
  await issuer.administer(token, method, path, body);
  return (performance.now() - started) / 1000;
}

const accountId = (index: number): string => `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`;

/** Ids in the order in which the rows are written, as UUIDv7 are. */
const idOf = (variant: string): string =>
  `('0192' || lpad(to_hex(nextval('bench_session')), 8, '0') || '7000' || ${variant} || lpad(to_hex(n), 12, '0'))::uuid`;

async function addAccounts(database: BenchDatabase, count: number): Promise<void> {
  const id = "('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid";
  await database.run('create sequence bench_session');
  await database.run("insert into roles (name) values ('bench')");
  await database.run(
    `insert into accounts (id, email, email_key, password_hash, password_changed_at, created_at)
     select ${id}, n || '@bench.example', n || '@bench.example', '-', now(), now() from generate_series(1, $1::int) n`,
    [count],
  );
  await database.run("insert into account_roles select id, 'bench' from accounts where id <= $1", [accountId(1000)]);
}

/** `count` live sessions for each account of `which`. */
async function addSessions(database: BenchDatabase, which: string, count: number, account: string): Promise<void> {
  await database.run('delete from sessions where client_id = $1', ['bench']);
  await database.run(
    `insert into sessions
       (id, sid, account_id, client_id, created_at, last_used_at, expires_at, tokens_expire_at, refresh_hash)
     select ${idOf("'8000'")}, ${idOf("'9000'")}, accounts.id, 'bench', now(), now(), now() + interval '30 days',
       now() + interval '5 minutes', ''
     from accounts, generate_series(1, $1::int) n where ${which}`,
    [count, account],
  );
  await database.run('analyze sessions');
}

function row(name: string, measured: readonly Round[]): string[] {
  return [
    name,
    median(measured.map(({ call }) => call)).toFixed(2),
    Math.max(...measured.map(({ others }) => others)).toFixed(2),
  ];
}
