import type { FormParameters } from './form-parameters.js';

/** A request to one of the OAuth endpoints, apart from HTTP. */
export interface OAuthRequest {
  readonly parameters: FormParameters;
  /** Every `Authorization` header, as it came. */
  readonly authorization: readonly string[];
  /** Where it came from; a proxy's word only where the proxy is a configured one. */
  readonly ip: string | undefined;
}

/** Answers a request with the body of a 200, or nothing for an empty one. Throws OAuthError. */
export interface OAuthEndpoint {
  /** Below the issuer's URL. */
  readonly path: string;
  answer(request: OAuthRequest): Promise<object | undefined>;
}
