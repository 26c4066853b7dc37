import { brand } from '../verification/index.js';

/** Why no token could be had for a call to another service. A closed set: decide by `code`, never by message. */
export type PropagationErrorCode =
  /** Nobody is calling: a public handler, a background job, or work that outlived its request's scope. */
  | 'caller_missing'
  /** The caller's token is not for the target, and no exchange is configured. */
  | 'audience_not_granted'
  /** The caller's token is of an issuer whose tokens don't go to the target, nor to the token endpoint. */
  | 'issuer_not_for_target'
  /** A service token was asked for, and no service credentials are configured. */
  | 'service_credentials_missing'
  /** The issuer's token endpoint did not answer, or not in the form of RFC 6749 §5. */
  | 'token_endpoint_unavailable'
  /** The issuer refused the caller's token (`invalid_grant`, `invalid_request`): it ended meanwhile, for example. */
  | 'caller_refused'
  /** The issuer does not let this service act for the caller at the target (`invalid_target`, `invalid_scope`). */
  | 'target_refused'
  /** The issuer refused this service itself (`invalid_client`, `unauthorized_client`, …). */
  | 'service_refused';

/** No token could be had. The message is for the operator, and names the fix; it holds no secret. */
export class PropagationError extends Error {
  override readonly name = 'PropagationError';
  /** The `error` of the issuer's answer (RFC 6749 §5.2), where it refused. */
  readonly oauthError: string | undefined;

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
