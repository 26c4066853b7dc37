import type { Clock } from '@watchword/auth';
import { OAuthError } from '../../oauth-protocol/oauth-error.js';
import type { OAuthRequest } from '../../oauth-protocol/oauth-request.js';
import type { ClientDirectory } from '../client-directory.js';
import { isClientId } from '../client-identifier.js';
import { findSecret, hashSecret } from '../client-secret.js';
import type { Client, ClientSecret } from '../client.js';
import { ClientAssertionError, clientNamedBy, verifyClientAssertion } from './client-assertion.js';
import type { ClientAttempt, ClientGuesses } from './client-guesses.js';
import { invalidClient, type PresentedCredentials, readCredentials } from './presented-credentials.js';
import type { UsedAssertionStore } from './used-assertion-store.js';

/** An authenticated client. */
export interface AuthenticatedClient {
  readonly client: Client;
  /** The session of its credential: the client's own tokens belong to it. */
  readonly sid: string;
}

/** Compared with instead of the secrets of an unknown client, so that both take the same time. */
const NOBODY: readonly ClientSecret[] = [{ sid: '', hash: hashSecret(''), createdAt: new Date(0) }];

/** Authenticates the client of a request with exactly one of the methods in the metadata. */
export class AuthenticateClient {
  /** @param issuer the required audience of an assertion */
  constructor(
    private readonly directory: ClientDirectory,
    private readonly usedAssertions: UsedAssertionStore,
    private readonly guesses: ClientGuesses,
    private readonly issuer: string,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns directly for a cached client with a secret, because a promise would slow down the token endpoint.
   *
   * @throws OAuthError `invalid_client`, `invalid_request` if the credentials are malformed, `temporarily_unavailable` after too
   *   many failed attempts
   */
  run(request: OAuthRequest): AuthenticatedClient | Promise<AuthenticatedClient> {
    const presented = readCredentials(request);
    const attempt = this.guesses.begin(nameIn(presented), request.ip);
    try {
      const client = this.authenticate(presented);
      return client instanceof Promise
        ? client.then(
            (found) => this.accept(attempt, found),
            (error: unknown) => this.refuse(attempt, error),
          )
        : this.accept(attempt, client);
    } catch (error) {
      return this.refuse(attempt, error);
    }
  }

  private accept(attempt: ClientAttempt, client: AuthenticatedClient): AuthenticatedClient {
    this.guesses.succeeded(attempt);
    return client;
  }

  private async refuse(attempt: ClientAttempt, error: unknown): Promise<never> {
    if (error instanceof OAuthError && error.code === 'invalid_client') await this.guesses.failed(attempt);
    throw error;
  }

  private authenticate(presented: PresentedCredentials): AuthenticatedClient | Promise<AuthenticatedClient> {
    return 'secret' in presented
      ? this.bySecret(presented.clientId, presented.secret)
      : this.byAssertion(presented.clientId, presented.assertion);
  }

  private bySecret(clientId: string, secret: string): AuthenticatedClient | Promise<AuthenticatedClient> {
    const found = this.find(clientId);
    return found instanceof Promise ? found.then((client) => checkSecret(client, secret)) : checkSecret(found, secret);
  }

  private async byAssertion(clientId: string | undefined, assertion: string): Promise<AuthenticatedClient> {
    const named = clientNamedBy(assertion);
    if (named === undefined) throw invalidClient('its assertion does not name exactly one client');
    if (clientId !== undefined && clientId !== named) throw invalidClient('its assertion is from another client');
    const client = await this.find(named);
    if (client?.jwks === undefined) throw invalidClient('there is no such client, or it has no keys');
    assertEnabled(client);
    const { sid, keys } = client.jwks;
    const { jti, expiresAt } = await this.verify(assertion, client.id, keys);
    // Last, so that only the client itself can use up an assertion.
    const isNew = await this.usedAssertions.use(client.id, jti, expiresAt);
    if (!isNew) throw invalidClient('its assertion was used before');
    return { client, sid };
  }

  private async verify(assertion: string, clientId: string, keys: NonNullable<Client['jwks']>['keys']) {
    try {
      const { issuer, clock } = this;
      return await verifyClientAssertion(assertion, { clientId, keys, issuer, clock });
    } catch (error) {
      if (error instanceof ClientAssertionError) throw invalidClient(`its assertion: ${error.message}`);
      throw error;
    }
  }

  /** Also finds disabled clients. */
  private find(id: string): Client | undefined | Promise<Client | undefined> {
    return isClientId(id) ? this.directory.find(id) : undefined;
  }
}

/** The client id in the credentials, not verified; empty if it cannot be a client id. */
export function nameIn(presented: PresentedCredentials): string {
  const name = 'secret' in presented ? presented.clientId : clientNamedBy(presented.assertion);
  return isClientId(name) ? name : '';
}

function checkSecret(client: Client | undefined, presented: string): AuthenticatedClient {
  const secret = findSecret(client?.secrets ?? NOBODY, presented);
  if (client === undefined || secret === undefined)
    throw invalidClient('there is no such client, or the secret is wrong');
  assertEnabled(client);
  return { client, sid: secret.sid };
}

function assertEnabled({ disabledAt }: Client): void {
  if (disabledAt !== undefined) throw invalidClient('it is disabled');
}
