import { basicCredentials, parseStrictJsonObject, systemClock, type Clock, type Jwk } from '../verification/index.js';
import { Backoff } from './backoff.js';
import { ClientAssertions } from './client-assertion.js';
import { PropagationError } from './propagation-error.js';

/** The credentials of this service at the issuer. */
export interface ServiceCredentials {
  readonly clientId: string;
  /** For `client_secret_basic` (RFC 6749 §2.3.1). Either this or `privateKey`. */
  readonly clientSecret?: string | undefined;
  /**
   * For `private_key_jwt` (RFC 7523 §2.2): the client's private key as a JWK with `alg`, and `kid` where it has several. The issuer knows
   * the public half. No secret is sent then.
   */
  readonly privateKey?: Jwk | undefined;
  /** The issuer's `token_endpoint`, an absolute URL. */
  readonly tokenEndpoint: string;
  /** The issuer (`iss`) of that endpoint. Default: the first issuer that the application trusts. */
  readonly issuer?: string | undefined;
  /**
   * The issuers whose tokens that endpoint exchanges. Default: its own issuer only. Tokens of other issuers are not sent there,
   * because their issuers did not intend that use.
   */
  readonly subjectIssuers?: readonly string[] | undefined;
  /** Milliseconds to wait for the issuer. Default 5000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/** {@link ServiceCredentials}, with the issuer of the endpoint. */
export interface TokenEndpointOptions extends Omit<ServiceCredentials, 'subjectIssuers'> {
  readonly issuer: string;
}

/** An access token from the issuer. */
export interface GrantedToken {
  readonly token: string;
  /** Milliseconds since the epoch, from `expires_in`. */
  readonly expiresAt: number;
}

/**
 * The issuer's token endpoint. This service is a confidential client (RFC 6749 §3.2), by `client_secret_basic` or
 * `private_key_jwt`. While the endpoint fails, it is asked less often, by one request at a time.
 *
 * @example
 * ```ts
 * import { ServiceTokens, TokenEndpoint } from '@watchword/auth/clients';
 *
 * export function serviceTokens(clientSecret: string): ServiceTokens {
 *   const endpoint = new TokenEndpoint({
 *     issuer: 'https://auth.example',
 *     tokenEndpoint: 'https://auth.example/oauth/token',
 *     clientId: 'parcels',
 *     clientSecret,
 *   });
 *   return new ServiceTokens(endpoint);
 * }
 * ```
 */
export class TokenEndpoint {
  readonly clock: Clock;
  /** The issuer of the tokens. */
  readonly issuer: string;
  readonly #backoff: Backoff;
  readonly #url: URL;
  readonly #authentication: () => Authentication;
  readonly #timeoutMs: number;

  /** @throws TypeError for a missing id, secret or issuer, or an invalid URL. */
  constructor(options: TokenEndpointOptions) {
    const { tokenEndpoint, issuer, timeoutMs = 5000, clock = systemClock } = options;
    if (!issuer) throw new TypeError('Service credentials need the issuer of their tokenEndpoint.');
    if (!URL.canParse(tokenEndpoint) || !/^https?:$/.test(new URL(tokenEndpoint).protocol)) {
      throw new TypeError("Service credentials need the issuer's tokenEndpoint, an absolute http(s) URL.");
    }
    this.#url = new URL(tokenEndpoint);
    this.#timeoutMs = timeoutMs;
    this.clock = clock;
    this.issuer = issuer;
    this.#backoff = new Backoff(clock, isOutage);
    this.#authentication = authenticationOf(options, clock);
  }

  /** @throws PropagationError by rejection */
  grant(parameters: Readonly<Record<string, string>>): Promise<GrantedToken> {
    return this.#backoff.run(() => this.#grant(parameters));
  }

  async #grant(parameters: Readonly<Record<string, string>>): Promise<GrantedToken> {
    const askedAt = this.clock.now();
    const { headers, form } = this.#authentication();
    const { ok, body } = await this.#post(new URLSearchParams({ ...parameters, ...form }), headers);
    if (!ok) throw refusal(body, 'subject_token' in parameters);
    const { access_token: token, token_type: type, expires_in: seconds } = body;
    const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer';
    if (!isBearer || typeof token !== 'string' || !TOKEN.test(token) || !isLife(seconds))
      throw unavailable('its answer is not a token response');
    return { token, expiresAt: askedAt + seconds * 1000 };
  }

  async #post(
    form: URLSearchParams,
    authentication: Readonly<Record<string, string>>,
  ): Promise<{ ok: boolean; body: Record<string, unknown> }> {
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { ...authentication, Accept: 'application/json' },
        body: form,
        // The request holds a secret and the caller's token: send it to the configured URL only.
        redirect: 'error',
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      if (response.status >= 500 || response.status === 429) {
        await response.body?.cancel();
        throw unavailable(`it answered ${response.status}`);
      }
      return { ok: response.ok, body: asObject(await response.text()) };
    } catch (error) {
      throw error instanceof PropagationError ? error : unavailable('it did not answer', error);
    }
  }
}

/** What goes with a request to authenticate the client. */
interface Authentication {
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

/** RFC 7523 §2.2. */
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

function authenticationOf(
  { clientId, clientSecret, privateKey, issuer }: TokenEndpointOptions,
  clock: Clock,
): () => Authentication {
  if (!clientId || Boolean(clientSecret) === (privateKey !== undefined)) {
    throw new TypeError('Service credentials need a clientId, and either a clientSecret or a privateKey.');
  }
  if (privateKey === undefined) {
    const basic = { headers: { Authorization: basicCredentials(clientId, clientSecret ?? '') }, form: {} };
    return () => basic;
  }
  const assertions = new ClientAssertions(clientId, issuer, privateKey, clock);
  return () => ({
    headers: {},
    form: { client_id: clientId, client_assertion_type: ASSERTION_TYPE, client_assertion: assertions.make() },
  });
}

/** @internal Whether every other request would also fail: no response, or the client itself is refused (RFC 6749 §5.2). */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof PropagationError)) return false;
  return error.code === 'token_endpoint_unavailable' || error.oauthError === 'invalid_client';
}

/** Maps the errors of RFC 6749 §5.2 and RFC 8693 §2.2.2 to a code that says what has to change. */
function refusal({ error }: Record<string, unknown>, isForCaller: boolean): PropagationError {
  const name = typeof error === 'string' && /^[\w-]{1,64}$/.test(error) ? error : 'an unknown error';
  const message = `The issuer's token endpoint answered ${name}`;
  if (isForCaller && (name === 'invalid_grant' || name === 'invalid_request')) {
    return new PropagationError('caller_refused', `${message}: it does not accept the caller's token.`, {
      oauthError: name,
    });
  }
  if (name === 'invalid_target' || name === 'invalid_scope') {
    return new PropagationError(
      'target_refused',
      `${message}: allow the audience and the scopes for this service's client at the issuer.`,
      { oauthError: name },
    );
  }
  return new PropagationError(
    'service_refused',
    `${message}: check the client's id and its secret or key, and the grants that the client is allowed at the issuer.`,
    { oauthError: name },
  );
}

/** A b64token (RFC 6750 §2.1). Other characters must not reach a header: the error of `fetch` would quote the token. */
const TOKEN = /^[\w~+/.-]+=*$/;

function isLife(seconds: unknown): seconds is number {
  return typeof seconds === 'number' && seconds > 0 && Number.isFinite(seconds);
}

function unavailable(reason: string, cause?: unknown): PropagationError {
  return new PropagationError('token_endpoint_unavailable', `No token from the issuer: ${reason}.`, { cause });
}

function asObject(text: string): Record<string, unknown> {
  try {
    return parseStrictJsonObject(text);
  } catch (error) {
    throw unavailable(`its answer cannot be read: ${(error as SyntaxError).message}`);
  }
}
