import type { Observable } from 'rxjs';

/** What goes with a message beside its data: the token and whatever `headers` of the client's options adds. */
export type MessageHeaders = Readonly<Record<string, string>>;

/** What is needed of a client of Nest's. Its own class differs with each transport in what it says of its state. */
export interface RpcSender {
  send<T>(pattern: unknown, data: unknown): Observable<T>;
  emit<T>(pattern: unknown, data: unknown): Observable<T>;
  setOnDispatchHook(hook: DispatchHook): void;
  close(): unknown;
}

/** Sees each packet before it is sent. */
export type DispatchHook = (packet: { metadata?: unknown }) => void;

/** How a transport's client carries headers. */
export interface MessageCarrier {
  /**
   * Dispatches one message with its headers.
   *
   * @param dispatch sends what it is given; cold, so `settle` subscribes
   * @throws TypeError when the message brings credentials of its own
   */
  carry<T>(
    headers: MessageHeaders,
    data: unknown,
    dispatch: (data: unknown) => Observable<T>,
    settle: (answer: Observable<T>) => Promise<T>,
  ): Promise<T>;
}

/** A carrier that puts the headers around the data. */
export function wrapping(wrap: (data: unknown, headers: MessageHeaders) => unknown): MessageCarrier {
  return { carry: (headers, data, dispatch, settle) => settle(dispatch(wrap(data, headers))) };
}
