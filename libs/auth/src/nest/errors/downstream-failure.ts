import { PropagationError } from '../../propagation/index.js';
import type { OutboundIdentity, PropagationErrorCode } from '../../propagation/index.js';
import { passesOn } from './pass-on.js';
import type { PassOn } from './pass-on.js';
import { DownstreamError } from './downstream-error.js';
import type { DownstreamAnswer, DownstreamFailure } from './downstream-error.js';

/** No connection, or a lost one. */
export function unavailable(service: string, cause?: unknown, answer?: DownstreamAnswer): DownstreamError {
  const message = `The service ${service} cannot be reached right now`;
  return new DownstreamError({ status: 503, code: 'service_unavailable', message }, because(cause, answer));
}

/** No answer in time. */
export function timedOut(service: string, cause?: unknown, answer?: DownstreamAnswer): DownstreamError {
  const message = `The service ${service} did not answer in time`;
  return new DownstreamError({ status: 504, code: 'gateway_timeout', message }, because(cause, answer));
}

/** An answer that is a failure of the other service's own, one that is between the two services, or none that makes sense. */
export function badGateway(service: string, cause?: unknown, answer?: DownstreamAnswer): DownstreamError {
  const message = `The service ${service} failed`;
  return new DownstreamError({ status: 502, code: 'bad_gateway', message }, because(cause, answer));
}

/** What another service answered in place of a result. */
export interface RefusedAnswer {
  readonly service: string;
  readonly identity: OutboundIdentity;
  readonly passOn: PassOn | undefined;
  readonly status: unknown;
  readonly code: unknown;
  readonly message: unknown;
}

/**
 * Of a refusal of the caller (401, 403) the code is passed on, of others what the client's options say. The rest is between the two
 * services: this caller can do nothing about it, and what the other service says of it may be meant for this one alone.
 */
export function refused({ service, identity, passOn, ...said }: RefusedAnswer): DownstreamError {
  const answer = answerOf(said);
  if (answer === undefined) return badGateway(service, said.message);
  const { status, code, message } = answer;
  if (passesOn(passOn, status, code)) {
    const text = message ?? `The service ${service} refused`;
    return new DownstreamError({ status, code: code ?? UNNAMED, message: text }, { answer });
  }
  if (identity === 'caller' && (status === 401 || status === 403)) {
    return new DownstreamError({ status, code: code ?? UNNAMED, message: REFUSAL[status](service) }, { answer });
  }
  const reason = [`it answered ${status}`, code, message].filter((part) => part !== undefined).join(' ');
  if (status === 503 || status === 429) return unavailable(service, reason, answer);
  if (status === 504) return timedOut(service, reason, answer);
  return badGateway(service, reason, answer);
}

const UNNAMED = 'request_refused';

const REFUSAL = {
  401: (service: string) => `The service ${service} does not take the access token`,
  403: (service: string) => `The service ${service} does not allow this`,
} as const;

/** What was said, as far as it has the form of an answer. */
function answerOf({
  status,
  code,
  message,
}: Pick<RefusedAnswer, 'status' | 'code' | 'message'>): DownstreamAnswer | undefined {
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 400 || status > 599) return undefined;
  return {
    status,
    code: typeof code === 'string' && CODE.test(code) ? code : undefined,
    message: typeof message === 'string' && message.length <= 500 ? message : undefined,
  };
}

function because(
  cause: unknown,
  answer: DownstreamAnswer | undefined,
): { readonly cause?: unknown; readonly answer?: DownstreamAnswer } {
  return answer === undefined ? { cause } : { cause, answer };
}

/** Why no token could be had, as this service's answer to its own caller. */
export function withoutToken(service: string, error: unknown): unknown {
  if (!(error instanceof PropagationError)) return error;
  const failure = WITHOUT_TOKEN[error.code];
  return failure === undefined ? error : new DownstreamError(failure(service), { cause: error });
}

const CODE = /^[\w.-]{1,64}$/;

/** A mistake in the program (no caller, no credentials) has no entry: it stays what it is, a 500 with the fix in the log. */
const WITHOUT_TOKEN: Partial<Record<PropagationErrorCode, (service: string) => DownstreamFailure>> = {
  audience_not_granted: notForTarget,
  issuer_not_for_target: notForTarget,
  target_refused: notForTarget,
  caller_refused: () => ({ status: 401, code: 'invalid_token', message: 'The access token is not valid' }),
  token_endpoint_unavailable: (service) => ({
    status: 503,
    code: 'service_unavailable',
    message: `No token for the service ${service} can be had right now`,
  }),
  service_refused: (service) => ({ status: 502, code: 'bad_gateway', message: `The service ${service} failed` }),
};

function notForTarget(service: string): DownstreamFailure {
  return {
    status: 403,
    code: 'insufficient_audience',
    message: `The access token may not be used for the service ${service}, which this needs`,
  };
}
