/** The metadata key of a refused call for the stable `code` of the refusal. */
export const GRPC_ERROR_CODE = 'error-code';

/** Pairs of HTTP status and gRPC status code (https://grpc.io/docs/guides/status-codes/). In each direction the first match counts. */
const PAIRS: readonly (readonly [http: number, grpc: number])[] = [
  [400, 3], // INVALID_ARGUMENT
  [401, 16], // UNAUTHENTICATED
  [403, 7], // PERMISSION_DENIED
  [404, 5], // NOT_FOUND
  [409, 6], // ALREADY_EXISTS
  [409, 10], // ABORTED
  [429, 8], // RESOURCE_EXHAUSTED
  [500, 13], // INTERNAL
  [501, 12], // UNIMPLEMENTED
  [503, 14], // UNAVAILABLE
  [502, 14],
  [504, 4], // DEADLINE_EXCEEDED
];

const UNKNOWN = 2;
const FAILED_PRECONDITION = 9;

/** @param status the HTTP status */
export function grpcStatus(status: number): number {
  return PAIRS.find(([http]) => http === status)?.[1] ?? (status >= 500 ? UNKNOWN : FAILED_PRECONDITION);
}

/** @param code the gRPC status code. @returns undefined if HTTP has no such status */
export function httpStatus(code: number): number | undefined {
  return PAIRS.find(([, grpc]) => grpc === code)?.[0];
}
