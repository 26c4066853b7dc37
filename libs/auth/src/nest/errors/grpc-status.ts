/** The metadata of a refused call that has the stable `code` of the refusal. */
export const GRPC_ERROR_CODE = 'error-code';

/** What an HTTP status is as a status code of gRPC (https://grpc.io/docs/guides/status-codes/). Of two in one direction the first counts. */
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

/** @param status of HTTP */
export function grpcStatus(status: number): number {
  return PAIRS.find(([http]) => http === status)?.[1] ?? (status >= 500 ? UNKNOWN : FAILED_PRECONDITION);
}

/** @param code of gRPC; undefined where it says nothing that HTTP has a status for */
export function httpStatus(code: number): number | undefined {
  return PAIRS.find(([, grpc]) => grpc === code)?.[0];
}
