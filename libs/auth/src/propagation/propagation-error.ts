import { brand } from '../verification/index.js';

/** Why there is no token for a call to another service. A closed set: decide by `code`, never by message. */
export type PropagationErrorCode =
  /** There is no caller: in a public handler, in a background job, or after the request was answered. */
  | 'caller_missing'
  /** The caller's token is not for the target, and no exchange is configured. */
  | 'audience_not_granted'
  /** The issuer of the caller's token is neither that of the target nor that of the token endpoint. */
  | 'issuer_not_for_target'
  /** A service token is needed, and no service credentials are configured. */
  | 'service_credentials_missing'
  /** The issuer's token endpoint did not answer, or not in the form of RFC 6749 §5. */
  | 'token_endpoint_unavailable'
  /** The issuer refused the caller's token (`invalid_grant`, `invalid_request`), for example because it has expired. */
  | 'caller_refused'
  /** The issuer does not let this service act for the caller at the target (`invalid_target`, `invalid_scope`). */
  | 'target_refused'
  /** The issuer refused this service itself (`invalid_client`, `unauthorized_client`, …). */
  | 'service_refused';

/**
 * There is no token for a call. The message is for the operator and names the fix; it contains no secret.
 *
 * @example
 * ```ts
 * import { PropagationError, type ServiceTokens } from '@watchword/auth/clients';
 *
 * export async function canCallCatalog(tokens: ServiceTokens): Promise<boolean> {
 *   try {
 *     await tokens.tokenFor({ audience: 'catalog' });
 *     return true;
 *   } catch (error) {
 *     if (error instanceof PropagationError && error.code === 'service_refused') return false;
 *     throw error;
 *   }
 * }
 * ```
 */
export class PropagationError extends Error {
  override readonly name = 'PropagationError';
  /** The `error` of the issuer's response (RFC 6749 §5.2), if the issuer refused. */
  readonly oauthError: string | undefined;

  /**
   * @param code for decisions
   * @param message for the operator
   * @param options the `cause`, and the `error` of the issuer's answer
   */
  constructor(
    readonly code: PropagationErrorCode,
    message: string,
    { oauthError, ...options }: { readonly cause?: unknown; readonly oauthError?: string } = {},
  ) {
    super(message, options);
    this.oauthError = oauthError;
  }
}

brand(PropagationError, 'watchword:PropagationError');
