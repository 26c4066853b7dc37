import { HopException } from '@watchword/auth';
import { ProblemError } from '@watchword/platform';

/** What our caller can act on. Everything else is between the services. */
const CALLERS_OWN = new Set([401, 403, 409]);

/** What a call to another service threw, as our own caller may see it: either their own matter, or which service failed. */
export function downstreamError(service: string, error: unknown): unknown {
  if (!(error instanceof HopException)) return error;
  const status = error.getStatus();
  if (CALLERS_OWN.has(status)) return error;
  if (status === 429 || status === 503 || status === 504) {
    return new ProblemError(503, `${service}_unavailable`, `${service} can not answer right now`, { cause: error });
  }
  return new ProblemError(502, `${service}_failed`, `${service} and orders did not understand each other`, {
    cause: error,
  });
}
