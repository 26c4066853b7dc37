import { DownstreamError } from '@watchword/auth/clients';
import { Refusal } from '@watchword/platform';

/** Translates an error of a call to another service for our own caller: a refusal that the caller can act on, or which service failed. */
export function serviceProblem(service: string, error: unknown): unknown {
  if (!(error instanceof DownstreamError)) return error;
  const status = error.getStatus();
  // A refusal that the caller can act on. The options of the client decide which refusals these are.
  if (status < 500) return error;
  if (status === 503 || status === 504) {
    return new Refusal('unavailable', `${service}_unavailable`, `${service} cannot answer right now`, { cause: error });
  }
  return new Refusal('failed', `${service}_failed`, `${service} failed`, {
    cause: error,
  });
}
