export interface Client {
  readonly id: string;
  readonly secret: string;
}

/** Revokes one access token after the other for as long as `work` goes on, and answers the longest time, in seconds. */
export async function revokeTokensWhile(url: string, client: Client, work: Promise<unknown>): Promise<number> {
  const state = { over: false };
  const ended = work.finally(() => {
    state.over = true;
  });
  let longest = 0;
  while (!state.over) {
    const token = await accessToken(url, client);
    const started = performance.now();
    await post(`${url}/oauth/revoke`, client, { token });
    longest = Math.max(longest, (performance.now() - started) / 1000);
  }
  await ended;
  return longest;
}

async function accessToken(url: string, client: Client): Promise<string> {
  const response = await post(`${url}/oauth/token`, client, { grant_type: 'client_credentials' });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function post(url: string, { id, secret }: Client, form: Readonly<Record<string, string>>): Promise<Response> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams(form),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response;
}
