import { type Refusals, UNKNOWN } from '../../security-events/refusals.js';
import type { OAuthError } from '../../oauth-protocol/oauth-error.js';
import type { OAuthRequest } from '../../oauth-protocol/oauth-request.js';
import type { ClientDirectory } from '../client-directory.js';
import { nameIn } from './authenticate-client.js';
import { readCredentials } from './presented-credentials.js';

/** Records refusals of clients, and of callers that use their names, in the audit log. */
export class ClientRefusals {
  constructor(
    private readonly directory: ClientDirectory,
    private readonly refusals: Refusals,
  ) {}

  /**
   * Ignores errors that the caller did not cause.
   *
   * @param endpoint the path of the endpoint
   */
  async record(request: OAuthRequest, endpoint: string, { status, code, reason, message }: OAuthError): Promise<void> {
    if (status >= 500) return;
    const id = await this.claimed(request);
    this.refusals.record({
      action: 'client.refused',
      target: { type: 'client', id },
      ip: request.ip,
      detail: { endpoint, code, reason: reason ?? message },
    });
  }

  /** The client id in the request, if there is such a client: any other text could be a mistyped secret. */
  private async claimed(request: OAuthRequest): Promise<string> {
    try {
      const name = nameIn(readCredentials(request));
      return name === '' || (await this.directory.find(name)) === undefined ? UNKNOWN : name;
    } catch {
      return UNKNOWN;
    }
  }
}
