const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LENGTH = Buffer.from('ontent-Length: ');
const LOWER_LENGTH = Buffer.from('ontent-length: ');

/** A complete response at the start of a buffer. */
export interface HttpResponse {
  readonly status: number;
  readonly bodyStart: number;
  readonly end: number;
}

/** Reads one response with a Content-Length; nothing while it is incomplete. The measured servers send no other. */
export function readResponse(data: Buffer): HttpResponse | undefined {
  const head = data.indexOf(END_OF_HEAD);
  if (head < 0) return undefined;
  const status = Number(data.toString('latin1', 9, 12));
  const bodyStart = head + END_OF_HEAD.length;
  const end = bodyStart + contentLength(data.subarray(0, head + 2));
  return data.length < end ? undefined : { status, bodyStart, end };
}

function contentLength(head: Buffer): number {
  const lower = head.indexOf(LOWER_LENGTH);
  const at = lower < 0 ? head.indexOf(LENGTH) : lower;
  if (at < 0) throw new Error(`A response without Content-Length: ${head.toString('latin1')}`);
  return Number(head.toString('latin1', at + LENGTH.length, head.indexOf(13, at)));
}
