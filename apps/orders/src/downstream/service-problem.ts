import { DownstreamError } from '@watchword/auth/clients';
import { Refusal } from '@watchword/platform';

/** What a call to another service threw, as our own caller may see it: either their own matter, or which service failed. */
export function serviceProblem(service: string, error: unknown): unknown {
  if (!(error instanceof DownstreamError)) return error;
  const status = error.getStatus();
  // What the caller can act on: the client's options say which refusals that is.
  if (status < 500) return error;
  if (status === 503 || status === 504) {
    return new Refusal('unavailable', `${service}_unavailable`, `${service} cannot answer right now`, { cause: error });
  }
  return new Refusal('failed', `${service}_failed`, `${service} and orders did not understand each other`, {
    cause: error,
  });
}
