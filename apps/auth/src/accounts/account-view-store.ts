import { sql } from 'drizzle-orm';
import type { AuthDatabase } from '../database/auth-database.js';

/** An account in the responses for administrators. */
export interface AccountView {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly roles: readonly string[];
  readonly disabled: boolean;
  readonly createdAt: string;
}

export interface AccountPage {
  readonly accounts: readonly AccountView[];
  /** The value of `after` for the next page; absent on the last page. */
  readonly next?: string;
}

/** Reads accounts for administrators. */
export class AccountViewStore {
  constructor(private readonly db: AuthDatabase) {}

  /** Ordered by creation. `after` is the id of an account. */
  async page(limit: number, after: string | undefined): Promise<AccountPage> {
    const rows = await this.select(after === undefined ? sql`true` : sql`id > ${after}`, limit + 1);
    const accounts = rows.slice(0, limit);
    const last = accounts.at(-1);
    return rows.length > limit && last !== undefined ? { accounts, next: last.id } : { accounts };
  }

  async find(id: string): Promise<AccountView | undefined> {
    const [account] = await this.select(sql`id = ${id}`, 1);
    return account;
  }

  private async select(condition: ReturnType<typeof sql>, limit: number): Promise<AccountView[]> {
    const { rows } = await this.db.execute<AccountView & Record<string, unknown>>(sql`
      select id, email, name, disabled_at is not null as disabled,
        array(select role from account_roles where account_id = accounts.id order by role) as roles,
        to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt"
      from accounts where ${condition} order by id limit ${limit}`);
    return rows;
  }
}
