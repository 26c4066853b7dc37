import type { Adapter, AdapterFactory } from 'oidc-provider';
import pg from 'pg';

/** As many connections as Watchword's own default. */
const POOL_SIZE = 10;

const SCHEMA = `
  create table oidc_entries (
    model text not null,
    id text not null,
    payload jsonb not null,
    grant_id text,
    uid text,
    user_code text,
    expires_at timestamptz,
    consumed_at timestamptz,
    primary key (model, id)
  );
  create index on oidc_entries (grant_id);
  create index on oidc_entries (model, uid);
  create index on oidc_entries (model, user_code)`;

const UPSERT = `
  insert into oidc_entries (model, id, payload, grant_id, uid, user_code, expires_at)
  values ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 second')
  on conflict (model, id) do update set payload = excluded.payload, expires_at = excluded.expires_at`;

/** oidc-provider's adapter as its documentation describes it, one table, one statement a call, prepared by name. */
export async function openPostgresAdapter(url: string): Promise<AdapterFactory> {
  const pool = new pg.Pool({ connectionString: url, max: POOL_SIZE });
  await pool.query(SCHEMA);
  const run = (name: string, text: string, values: unknown[]): Promise<pg.QueryResult<Row>> =>
    pool.query<Row>({ name, text, values });
  return (model) => new PostgresAdapter(model, run);
}

interface Row {
  readonly payload: object;
  readonly consumed_at: Date | null;
}

type Run = (name: string, text: string, values: unknown[]) => Promise<pg.QueryResult<Row>>;

class PostgresAdapter implements Adapter {
  constructor(
    private readonly model: string,
    private readonly run: Run,
  ) {}

  async upsert(id: string, payload: Readonly<Record<string, unknown>>, expiresIn?: number): Promise<void> {
    const { grantId, uid, userCode } = payload;
    await this.run('upsert', UPSERT, [this.model, id, payload, grantId, uid, userCode, expiresIn]);
  }

  find(id: string): Promise<object | undefined> {
    return this.findBy('id', id);
  }

  findByUid(uid: string): Promise<object | undefined> {
    return this.findBy('uid', uid);
  }

  findByUserCode(userCode: string): Promise<object | undefined> {
    return this.findBy('user_code', userCode);
  }

  async consume(id: string): Promise<void> {
    await this.run('consume', 'update oidc_entries set consumed_at = now() where model = $1 and id = $2', [
      this.model,
      id,
    ]);
  }

  async destroy(id: string): Promise<void> {
    await this.run('destroy', 'delete from oidc_entries where model = $1 and id = $2', [this.model, id]);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.run('revoke', 'delete from oidc_entries where grant_id = $1', [grantId]);
  }

  private async findBy(column: 'id' | 'uid' | 'user_code', value: string): Promise<object | undefined> {
    const text = `select payload, consumed_at from oidc_entries
      where model = $1 and ${column} = $2 and (expires_at is null or expires_at > now())`;
    const [row] = (await this.run(`find-${column}`, text, [this.model, value])).rows;
    return row && { ...row.payload, ...(row.consumed_at && { consumed: row.consumed_at.getTime() / 1000 }) };
  }
}
