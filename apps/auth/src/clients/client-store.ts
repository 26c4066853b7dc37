import { asc, eq } from 'drizzle-orm';
import type { AuthQueries, AuthTransaction } from '../database/auth-database.js';
import { clients } from '../database/schema/index.js';
import { toClient, toRow } from './client-row.js';
import type { Client } from './client.js';

/** Stores the clients. */
export class ClientStore {
  async find(db: AuthQueries, id: string): Promise<Client | undefined> {
    const [row] = await db.select().from(clients).where(eq(clients.id, id));
    return row && toClient(row);
  }

  /** Reads a client and locks it until the end of the transaction. */
  async lock(tx: AuthTransaction, id: string): Promise<Client | undefined> {
    const [row] = await tx.select().from(clients).where(eq(clients.id, id)).for('update');
    return row && toClient(row);
  }

  async list(db: AuthQueries): Promise<Client[]> {
    const rows = await db.select().from(clients).orderBy(asc(clients.id));
    return rows.map((row) => toClient(row));
  }

  /** @returns false if the id already exists */
  async add(tx: AuthTransaction, client: Client): Promise<boolean> {
    const added = await tx.insert(clients).values(toRow(client)).onConflictDoNothing().returning({ id: clients.id });
    return added.length > 0;
  }

  async save(tx: AuthTransaction, client: Client): Promise<void> {
    await tx.update(clients).set(toRow(client)).where(eq(clients.id, client.id));
  }
}
