/** The part of Node's ServerResponse (HTTP/1.1 and HTTP/2) that shows the state of the response. */
export interface Answer {
  readonly headersSent: boolean;
  once(event: 'close', listener: () => void): unknown;
  writeHead: (...values: never[]) => unknown;
  end: (...values: never[]) => unknown;
}

/**
 * Calls `done` once the response was sent, or can no longer be sent.
 *
 * Node emits `close` at the end of a response, and also when the client disconnects early. In that case the handler continues:
 * it still places an order for its caller, for example. So if there is no response yet, `done` is called when the handler
 * answers, although the client does not receive the response.
 */
export function whenAnswered(answer: Answer, done: () => void): void {
  answer.once('close', () => (answer.headersSent ? done() : whenWritten(answer, done)));
}

function whenWritten(answer: Answer, done: () => void): void {
  const { writeHead, end } = answer;
  answer.writeHead = (...values) => {
    done();
    return writeHead.apply(answer, values);
  };
  answer.end = (...values) => {
    done();
    return end.apply(answer, values);
  };
}
