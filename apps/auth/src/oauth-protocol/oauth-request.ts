import type { FormParameters } from './form-parameters.js';

/** A request to an OAuth endpoint, independent of the HTTP framework. */
export interface OAuthRequest {
  readonly parameters: FormParameters;
  /** All raw `Authorization` headers. */
  readonly authorization: readonly string[];
  /** The address of the client. Forwarded addresses are used only if the proxy is trusted. */
  readonly ip: string | undefined;
}

/** Returns the body of a 200 response, or undefined for an empty body. Throws OAuthError. */
export interface OAuthEndpoint {
  /** The path below the issuer's URL. */
  readonly path: string;
  answer(request: OAuthRequest): Promise<object | undefined>;
}
