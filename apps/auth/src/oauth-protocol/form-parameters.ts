import { OAuthError } from './oauth-error.js';

const MAX_PARAMETERS = 50;
/** The parameters that RFC 8693 §2.1 and RFC 8707 §2 allow more than once. */
const REPEATABLE: ReadonlySet<string> = new Set(['audience', 'resource']);

/** The parameters of a request. A parameter without a value counts as omitted (RFC 6749 §3.2). */
export class FormParameters {
  private constructor(private readonly values: ReadonlyMap<string, readonly string[]>) {}

  /**
   * Parses `application/x-www-form-urlencoded` strictly: invalid encodings and duplicate parameters are refused.
   *
   * @throws OAuthError `invalid_request`
   */
  static parse(body: string): FormParameters {
    const values = new Map<string, string[]>();
    const pairs = body === '' ? [] : body.split('&', MAX_PARAMETERS + 1);
    if (pairs.length > MAX_PARAMETERS) throw invalidRequest('There are too many parameters');
    for (const pair of pairs) {
      const equals = pair.indexOf('=');
      const name = decodeFormPart(equals === -1 ? pair : pair.slice(0, equals));
      const value = equals === -1 ? '' : decodeFormPart(pair.slice(equals + 1));
      if (name === '') continue;
      const known = values.get(name);
      if (known === undefined) values.set(name, [value]);
      else if (REPEATABLE.has(name)) known.push(value);
      else throw invalidRequest('A parameter is included more than once');
    }
    return new FormParameters(values);
  }

  get(name: string): string | undefined {
    return this.all(name)[0];
  }

  /** @throws OAuthError `invalid_request` if it is missing */
  require(name: string): string {
    const value = this.get(name);
    if (value === undefined) throw invalidRequest(`The parameter ${name} is missing`);
    return value;
  }

  all(name: string): readonly string[] {
    return this.values.get(name)?.filter((value) => value !== '') ?? [];
  }
}

/**
 * Decodes one part of `application/x-www-form-urlencoded`.
 *
 * @throws OAuthError `invalid_request` if it is not percent-encoded UTF-8, or contains a control character
 */
export function decodeFormPart(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.includes('+') ? text.replaceAll('+', ' ') : text);
  } catch {
    throw invalidRequest('The parameters are malformed');
  }
  if (CONTROL.test(decoded)) throw invalidRequest('A parameter contains a control character');
  return decoded;
}

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/;

function invalidRequest(description: string): OAuthError {
  return new OAuthError('invalid_request', description);
}
