import { PropagationError } from '../../propagation/index.js';
import type { OutboundIdentity, PropagationErrorCode } from '../../propagation/index.js';
import { HopException } from './hop-exception.js';
import type { HopFailure } from './hop-exception.js';

/** No connection, or a lost one. */
export function unavailable(service: string, cause?: unknown): HopException {
  const message = `The service ${service} can not be reached right now`;
  return new HopException({ status: 503, code: 'service_unavailable', message }, { cause });
}

/** No answer in time. */
export function timedOut(service: string, cause?: unknown): HopException {
  return new HopException(
    { status: 504, code: 'gateway_timeout', message: `The service ${service} did not answer in time` },
    { cause },
  );
}

/** An answer that is a failure of the other service's own, or none that makes sense. */
export function badGateway(service: string, cause?: unknown): HopException {
  return new HopException({ status: 502, code: 'bad_gateway', message: `The service ${service} failed` }, { cause });
}

/** What another service answered in place of a result. */
export interface RefusedAnswer {
  readonly service: string;
  readonly identity: OutboundIdentity;
  readonly status: unknown;
  readonly code: unknown;
  readonly message: unknown;
}

/**
 * A refusal is passed on with its status and code, a failure is not: it is not this caller's business what broke.
 * Neither is a refusal of the service's own token.
 */
export function refused({ service, identity, status, code, message }: RefusedAnswer): HopException {
  if (status === 503) return unavailable(service, message);
  if (status === 504) return timedOut(service, message);
  if (!isClientError(status)) return badGateway(service, message);
  if (identity !== 'caller' && (status === 401 || status === 403)) return badGateway(service, message);
  return new HopException({
    status,
    code: typeof code === 'string' && CODE.test(code) ? code : 'request_refused',
    message: typeof message === 'string' && message.length <= 500 ? message : `The service ${service} refused`,
  });
}

/** Why no token could be had, as this service's answer to its own caller. */
export function withoutToken(service: string, error: unknown): unknown {
  if (!(error instanceof PropagationError)) return error;
  const failure = WITHOUT_TOKEN[error.code];
  return failure === undefined ? error : new HopException(failure(service), { cause: error });
}

function isClientError(status: unknown): status is number {
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 500;
}

const CODE = /^[\w.-]{1,64}$/;

/** A mistake in the program (no caller, no credentials) has no entry: it stays what it is, a 500 with the fix in the log. */
const WITHOUT_TOKEN: Partial<Record<PropagationErrorCode, (service: string) => HopFailure>> = {
  audience_not_granted: notForTarget,
  target_refused: notForTarget,
  caller_refused: () => ({ status: 401, code: 'invalid_token', message: 'The access token is not valid' }),
  token_endpoint_unavailable: (service) => ({
    status: 503,
    code: 'service_unavailable',
    message: `No token for the service ${service} can be had right now`,
  }),
  service_refused: (service) => ({ status: 502, code: 'bad_gateway', message: `The service ${service} failed` }),
};

function notForTarget(service: string): HopFailure {
  return {
    status: 403,
    code: 'insufficient_audience',
    message: `The access token may not be used for the service ${service}, which this needs`,
  };
}
