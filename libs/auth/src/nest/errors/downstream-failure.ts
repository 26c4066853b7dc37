import { PropagationError, type OutboundIdentity, type PropagationErrorCode } from '../../propagation/index.js';
import { passesOn, type PassOn } from './pass-on.js';
import { DownstreamError, type DownstreamAnswer, type DownstreamFailure } from './downstream-error.js';

/** There was no connection, or it was lost. */
export function unavailable(service: string, cause?: unknown, answer?: DownstreamAnswer): DownstreamError {
  const message = `The service ${service} cannot be reached right now`;
  return new DownstreamError({ status: 503, code: 'service_unavailable', message }, because(cause, answer));
}

/** There was no response in time. */
export function timedOut(service: string, cause?: unknown, answer?: DownstreamAnswer): DownstreamError {
  const message = `The service ${service} did not answer in time`;
  return new DownstreamError({ status: 504, code: 'gateway_timeout', message }, because(cause, answer));
}

/** The other service failed, refused this service itself, or sent an invalid response. */
export function badGateway(service: string, cause?: unknown, answer?: DownstreamAnswer): DownstreamError {
  const message = `The service ${service} failed`;
  return new DownstreamError({ status: 502, code: 'bad_gateway', message }, because(cause, answer));
}

/** An error response of another service. */
export interface RefusedAnswer {
  readonly service: string;
  readonly identity: OutboundIdentity;
  readonly passOn: PassOn | undefined;
  readonly status: unknown;
  readonly code: unknown;
  readonly message: unknown;
}

/**
 * If the service refused the caller (401, 403), the code is passed on; for other refusals the client's options decide. Everything
 * else concerns the two services only: the caller cannot change it, and the details may not be meant for the caller.
 */
export function refused({ service, identity, passOn, ...said }: RefusedAnswer): DownstreamError {
  const answer = answerOf(said);
  if (answer === undefined) return badGateway(service, said.message);
  const { status, code, message } = answer;
  if (passesOn(passOn, status, code)) {
    const text = message ?? `The service ${service} refused`;
    return new DownstreamError({ status, code: code ?? UNNAMED, message: text }, { answer });
  }
  const isForCaller = identity === 'caller' || identity === 'exchange';
  if (isForCaller && (status === 401 || status === 403)) {
    return new DownstreamError({ status, code: code ?? UNNAMED, message: REFUSAL[status](service) }, { answer });
  }
  const reason = [`it answered ${status}`, code, message].filter((part) => part !== undefined).join(' ');
  if (status === 503 || status === 429) return unavailable(service, reason, answer);
  if (status === 504) return timedOut(service, reason, answer);
  return badGateway(service, reason, answer);
}

const UNNAMED = 'request_refused';

const REFUSAL = {
  401: (service: string) => `The service ${service} does not accept the access token`,
  403: (service: string) => `The service ${service} does not allow this`,
} as const;

/** The response, if it has the form of an error response. */
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

/** The answer to this service's own caller when there is no token for a call. */
export function withoutToken(service: string, error: unknown): unknown {
  if (!(error instanceof PropagationError)) return error;
  const failure = WITHOUT_TOKEN[error.code];
  return failure === undefined ? error : new DownstreamError(failure(service), { cause: error });
}

const CODE = /^[\w.-]{1,64}$/;

/** Programming errors (no caller, no credentials) have no entry: they stay a 500, with the fix in the log. */
const WITHOUT_TOKEN: Partial<Record<PropagationErrorCode, (service: string) => DownstreamFailure>> = {
  audience_not_granted: notForTarget,
  issuer_not_for_target: notForTarget,
  target_refused: notForTarget,
  caller_refused: () => ({ status: 401, code: 'invalid_token', message: 'The access token is not valid' }),
  token_endpoint_unavailable: (service) => ({
    status: 503,
    code: 'service_unavailable',
    message: `A token for the service ${service} cannot be obtained right now`,
  }),
  service_refused: (service) => ({ status: 502, code: 'bad_gateway', message: `The service ${service} failed` }),
};

function notForTarget(service: string): DownstreamFailure {
  return {
    status: 403,
    code: 'insufficient_audience',
    message: `The access token may not be used for the service ${service}, which this request needs`,
  };
}
