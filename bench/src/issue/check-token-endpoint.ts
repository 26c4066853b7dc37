import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Issuer, Issuers } from './issuers.js';

/** An issuer that does not check the secret, or whose token nobody can verify, is not compared. */
export async function checkTokenEndpoint(issuer: Issuer, { authorization }: Issuers, body: string): Promise<void> {
  const wrong = await post(issuer, `Basic ${btoa('bench:wrong')}`, body);
  if (wrong.status !== 401) throw new Error(`${issuer.name} on a wrong secret: ${wrong.status} ${await wrong.text()}`);

  const right = await post(issuer, authorization, body);
  const answer = (await right.json()) as { access_token?: string; refresh_token?: string };
  if (!right.ok || answer.access_token === undefined) {
    throw new Error(`${issuer.name} answers ${right.status} ${JSON.stringify(answer)}`);
  }
  const keys = createRemoteJWKSet(new URL(await jwksUri(issuer.url)));
  await jwtVerify(answer.access_token, keys, { issuer: issuer.url, algorithms: ['ES256'] });

  const used = new URLSearchParams(body).get('refresh_token');
  if (used !== null && (answer.refresh_token ?? used) === used) throw new Error(`${issuer.name} does not rotate`);
}

function post({ url, path }: Issuer, authorization: string, body: string): Promise<Response> {
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  return fetch(url + path, { method: 'POST', headers, body });
}

async function jwksUri(url: string): Promise<string> {
  const response = await fetch(`${url}/.well-known/openid-configuration`);
  const { jwks_uri: uri } = (await response.json()) as { jwks_uri: string };
  return uri;
}
