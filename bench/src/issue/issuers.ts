import { randomBytes } from 'node:crypto';
import { Child } from '../process/child.js';
import { freePort } from '../services/free-port.js';
import type { MintKeys } from '../tokens/token-mint.js';
import { createBenchDatabase } from './bench-database.js';
import type { IssuerSettings } from './issuer-settings.js';
import { WatchwordIssuer } from './watchword-issuer.js';

const SCOPE = 'inventory:manage';
const PEERS = {
  floor: 'the same route answering a constant',
  inMemory: 'oidc-provider in memory',
  onPostgres: 'oidc-provider on PostgreSQL',
} as const;

/** A running issuer and how it is asked for tokens. */
export interface Issuer {
  readonly name: string;
  readonly child: Child;
  readonly url: string;
  readonly port: number;
  readonly path: string;
}

export interface Issuers extends Readonly<Record<keyof typeof PEERS | 'watchword', Issuer>> {
  /** `Authorization` of the client that all of them know. */
  readonly authorization: string;
  readonly scope: string;
  readonly logIn: (issuer: Issuer, count: number) => Promise<string[]>;
  readonly close: () => Promise<void>;
}

/** Starts all issuers, the two that need one on the same fresh database. */
export async function startIssuers(keys: MintKeys): Promise<Issuers> {
  const client = { id: 'bench', secret: randomBytes(32).toString('base64url') };
  const database = await createBenchDatabase();
  const children: Child[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(children.map((child) => child.close()));
    await database.drop();
  };
  const settings = async (): Promise<IssuerSettings> => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const { url: databaseUrl } = database;
    return { port, url, client, audience: 'inventory', scope: SCOPE, signingKey: keys.watchword, databaseUrl };
  };
  const startPeer = async (name: string, path: string): Promise<Issuer> => {
    const child = await Child.start('issuer', name);
    children.push(child);
    const own = await settings();
    await child.ask('start', own);
    return { name, child, url: own.url, port: own.port, path };
  };
  try {
    const ours = await settings();
    const watchword = await WatchwordIssuer.start(ours, database);
    children.push(watchword.child);
    return {
      floor: await startPeer(PEERS.floor, '/oauth/token'),
      inMemory: await startPeer(PEERS.inMemory, '/token'),
      onPostgres: await startPeer(PEERS.onPostgres, '/token'),
      watchword: { name: 'watchword', child: watchword.child, url: ours.url, port: ours.port, path: '/oauth/token' },
      authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
      scope: SCOPE,
      logIn: (issuer, count) =>
        issuer.child === watchword.child ? watchword.logIn(count) : issuer.child.ask('refreshTokens', count),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
