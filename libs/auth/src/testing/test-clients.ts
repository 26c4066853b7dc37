/** A client of a microservice that calls as one user. */
export interface TestClient {
  /** Sends a message and gives the last value of the answer. @throws DownstreamError with the status and the code of a refusal */
  send<T>(pattern: string | Readonly<Record<string, string | number>>, data: unknown): Promise<T>;
  /** Sends an event; resolves when it is handed to the connection. */
  emit(pattern: string | Readonly<Record<string, string | number>>, data: unknown): Promise<void>;
  /** Closes the connection. */
  close(): Promise<void>;
}

/** A client of a gRPC service that calls as one user. */
export interface TestGrpcClient {
  /** Calls a method that answers once. @throws DownstreamError with the status and the code of a refusal */
  call<T>(service: string, method: string, data: unknown): Promise<T>;
  /** Closes the connection. */
  close(): void;
}
