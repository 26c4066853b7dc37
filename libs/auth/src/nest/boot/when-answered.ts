/** The part of Node's ServerResponse (HTTP/1.1 and HTTP/2) that says how far an answer is. */
export interface Answer {
  readonly headersSent: boolean;
  once(event: 'close', listener: () => void): unknown;
  writeHead: (...values: never[]) => unknown;
  end: (...values: never[]) => unknown;
}

/**
 * Calls `done` once the answer is out, or can't come any more.
 *
 * Node says `close` at the end of an answer, and also when the client leaves early. A handler goes on then: an order is
 * still placed, in its caller's name. So where nothing was answered yet, what counts is the handler's own answer, though
 * nobody reads it.
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
