import type { IncomingMessage } from 'node:http';
import { FormParameters } from '../../oauth-protocol/form-parameters.js';
import { OAuthError } from '../../oauth-protocol/oauth-error.js';

/** In bytes: sufficient for the largest subject token and a client assertion. */
export const MAX_FORM_BYTES = 48 * 1024;

const FORM = /^application\/x-www-form-urlencoded[\t ]*(?:;[\t ]*charset=(?:utf-8|"utf-8")[\t ]*)?;?[\t ]*$/i;

/**
 * Reads the body of a request. No other code may have read it.
 *
 * @throws OAuthError `invalid_request` by rejection: 413 if it is too large, else 400
 */
export function readForm(request: IncomingMessage): Promise<FormParameters> {
  return new Promise((resolve, reject) => {
    assertForm(request);
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_FORM_BYTES) chunks.push(chunk);
      else {
        request.off('data', onData).pause();
        reject(tooLarge());
      }
    };
    const onEnd = () => {
      try {
        resolve(FormParameters.parse(Buffer.concat(chunks, size).toString()));
      } catch (error) {
        reject(error);
      }
    };
    request
      .on('data', onData)
      .once('end', onEnd)
      .once('error', () => reject(incomplete()));
  });
}

function assertForm({ headers }: IncomingMessage): void {
  const { 'content-type': type, 'content-encoding': encoding = 'identity', 'content-length': length } = headers;
  if (type === undefined || !FORM.test(type) || encoding !== 'identity') {
    throw new OAuthError('invalid_request', 'The body must be application/x-www-form-urlencoded');
  }
  if (length !== undefined && Number(length) > MAX_FORM_BYTES) throw tooLarge();
}

function incomplete(): OAuthError {
  return new OAuthError('invalid_request', 'The body is incomplete');
}

/** The rest of the body is not read, so the connection cannot be used again. */
function tooLarge(): OAuthError {
  return new OAuthError('invalid_request', 'The body is too large', { status: 413, headers: { Connection: 'close' } });
}
