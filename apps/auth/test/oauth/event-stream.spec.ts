import { Lifecycle } from '@watchword/platform';
import { basic, newSecret, startIssuer, type IssuerUnderTest } from './issuer-under-test.js';

const secret = newSecret();
const client = (clientId: string, scopes: readonly string[]) => ({
  clientId,
  secret,
  grants: ['client_credentials'],
  scopes,
  audiences: ['inventory'],
});

let issuer: IssuerUnderTest;
beforeAll(async () => {
  issuer = await startIssuer([client('catalog', ['security-events:read']), client('stranger', ['inventory:read'])]);
});
afterAll(() => issuer.close());

interface Message {
  readonly id?: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads messages of the stream until one satisfies the condition. */
async function read(
  condition: (message: Message) => boolean,
  headers: Record<string, string> = {},
): Promise<Message[]> {
  const abort = new AbortController();
  const response = await fetch(`${issuer.url}/security-events`, {
    headers: { authorization: basic('catalog', secret), ...headers },
    signal: abort.signal,
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const messages: Message[] = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    messages.push(...blocks.map(parse));
    if (messages.some(condition)) break;
  }
  abort.abort();
  return messages;
}

function parse(block: string): Message {
  const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
  return { ...fields, data: JSON.parse(String(fields['data'])) as Message['data'] } as Message;
}

const isCheckpoint = ({ event }: Message): boolean => event === 'checkpoint';
const endSessions = ({ id }: { id: string }) => issuer.administer('DELETE', `/admin/accounts/${id}/sessions`);

it('begins with a snapshot, ends it with a checkpoint, and names each event by epoch and number', async () => {
  await endSessions(await issuer.newPerson());
  const [first, ...others] = await read(({ event }) => event === 'session-revoked');
  expect(first).toMatchObject({
    event: 'snapshot',
    data: { issuer: issuer.url, epoch: expect.any(String) as unknown },
  });
  const revoked = others.find(({ event }) => event === 'session-revoked');
  expect(revoked?.id).toMatch(new RegExp(`^${String(first?.data['epoch'])}:\\d+$`));
  expect(revoked?.data).toEqual({ value: expect.any(String) as unknown, expires_at: expect.any(Number) as unknown });
});

it('tells of what is revoked while it is open', async () => {
  const person = await issuer.newPerson();
  const reading = read(({ event, data }) => event === 'session-revoked' && data['value'] === sidOf(person.accessToken));
  await endSessions(person);
  expect((await reading).length).toBeGreaterThan(1);
});

it('goes on after the last event that a follower has, and begins anew for one of another epoch', async () => {
  const before = (await read(isCheckpoint)).find(isCheckpoint)?.id ?? '';
  const person = await issuer.newPerson();
  await endSessions(person);
  const missed = await read(isCheckpoint, { 'last-event-id': before });
  const events = await read(({ data }) => data['value'] === sidOf(person.accessToken), { 'last-event-id': before });
  expect(missed.map(({ event }) => event)).not.toContain('snapshot');
  expect(events[0]?.event).not.toBe('snapshot');
  for (const id of [
    '',
    'x',
    `${before}9999`,
    'other-epoch:1',
    before.replace(/:\d+$/, ':-1'),
    `${before.split(':')[0] ?? ''}:`,
  ]) {
    expect((await read(isCheckpoint, { 'last-event-id': id }))[0]?.event).toBe('snapshot');
  }
});

it.each<[string, Record<string, string>, number, string]>([
  ['nobody', {}, 401, 'invalid_client'],
  ['a wrong secret', { authorization: basic('catalog', newSecret()) }, 401, 'invalid_client'],
  ['a client without the scope', { authorization: basic('stranger', secret) }, 403, 'unauthorized_client'],
])('is not for %s', async (_, headers, status, error) => {
  const response = await fetch(`${issuer.url}/security-events`, { headers });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error });
});

it("is not for people, nor for a client's token", async () => {
  for (const token of [issuer.admin.issuerToken, issuer.admin.accessToken]) {
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${issuer.url}/security-events`, { headers })).status).toBe(401);
  }
});

it.each(['POST', 'PUT', 'DELETE'])('answers no %s', async (method) => {
  const headers = { authorization: basic('catalog', secret) };
  const response = await fetch(`${issuer.url}/security-events`, { method, headers });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('GET');
});

it('has nothing below it', async () => {
  const headers = { authorization: basic('catalog', secret) };
  expect((await fetch(`${issuer.url}/security-events/x`, { headers })).status).toBe(404);
});

it('ends when the process begins to shut down, and is not begun any more', async () => {
  const other = await startIssuer([client('catalog', ['security-events:read'])]);
  const ask = () => fetch(`${other.url}/security-events`, { headers: { authorization: basic('catalog', secret) } });
  const open = await ask();
  other.app.get<Lifecycle>(Lifecycle).beginDrain();
  await expect(open.text()).resolves.toContain('event: checkpoint');
  expect((await ask()).status).toBe(503);
  await other.close();
});

function sidOf(token: string): unknown {
  return (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }).sid;
}
