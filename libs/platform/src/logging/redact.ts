const HIDDEN = '[redacted]';
const MAX_DEPTH = 8;

/** Names whose value is a credential, wherever they stand in a name: `refresh_token`, `set-cookie`, `clientSecret`. */
const SENSITIVE_NAME =
  /authorization|cookie|passw(or)?d|passphrase|secret|token|jwt|assertion|credential|api[-_]?key|private[-_]?key|encryption[-_]?key|client[-_]?key/i;
/** Names that only look like it: public facts of RFC 6749 and of this project. */
const HARMLESS_NAME =
  /^(token_?(type|id|endpoint|types|lifetime|uri)|(access_|refresh_|max_?)?token_?(ttl|lifetime|count)|client_?secret_?expires_at|authorization_?(endpoint|server)|.*_methods_supported)$/i;

/** `Bearer x`, `Basic x` and the like (RFC 9110 §11.4). */
const CREDENTIALS = /\b(Bearer|Basic|DPoP|Digest)\s+[\w.~+/=-]{4,}/gi;
/** A JWS in its compact form, whatever stands around it (RFC 7515 §7.1). */
const JWS = /\bey[\w-]{8,}\.[\w-]*\.[\w-]*/g;
/** The user information of a URL. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi;
/** `name=value` of a query, form or cookie, and `"name":"value"` of JSON in a text. */
const PAIR =
  /((?:[\w-]*(?:passw(?:or)?d|passphrase|secret|token|cookie|authorization|assertion|credential|api[-_]?key|private[-_]?key)[\w-]*)"?\s*[=:]\s*)("(?:[^"\\]|\\.)*"|[^\s&;,"'}]+)/gi;
/** Drizzle appends a failed statement's parameters to its message: addresses, hashes, whatever was to be stored. */
const QUERY_PARAMETERS = /(\bFailed query:[\s\S]*?\nparams: )[^\n]*/g;

/** A text without the credentials in it. */
export function redactText(text: string): string {
  return text
    .replace(QUERY_PARAMETERS, `$1${HIDDEN}`)
    .replace(CREDENTIALS, `$1 ${HIDDEN}`)
    .replace(JWS, HIDDEN)
    .replace(URL_PASSWORD, `$1:${HIDDEN}@`)
    .replace(PAIR, (whole, name: string, value: string) => {
      const key = /[\w-]+/.exec(name)?.[0] ?? '';
      return HARMLESS_NAME.test(key) || value.startsWith('[redacted') ? whole : `${name}${HIDDEN}`;
    });
}

/** A copy of any value that may be logged: no credential by its name or by its look, errors as plain objects. */
export function redact(value: unknown): unknown {
  return copy(value, 0, new Set());
}

function copy(value: unknown, depth: number, ancestors: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${String(value.byteLength)} bytes]`;
  if (ancestors.has(value)) return '[circular]';
  if (depth >= MAX_DEPTH) return '[deeper]';
  ancestors.add(value);
  try {
    return copyObject(value, depth + 1, ancestors);
  } finally {
    ancestors.delete(value);
  }
}

function copyObject(value: object, depth: number, ancestors: Set<object>): unknown {
  if (value instanceof Error) return copyError(value, depth, ancestors);
  if (Array.isArray(value)) return value.map((entry) => copy(entry, depth, ancestors));
  if (value instanceof Set) return [...value].map((entry) => copy(entry, depth, ancestors));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, entry]) => [String(name), member(String(name), entry, depth, ancestors)]),
  );
}

function copyError(error: Error, depth: number, ancestors: Set<object>): Record<string, unknown> {
  const own = Object.entries(error).filter(([name]) => !DRIVER_DETAIL.has(name));
  return {
    name: error.name,
    message: redactText(error.message),
    stack: redactText(error.stack ?? ''),
    ...Object.fromEntries(own.map(([name, entry]) => [name, member(name, entry, depth, ancestors)])),
    ...(error.cause === undefined ? {} : { cause: copy(error.cause, depth, ancestors) }),
  };
}

/** What database drivers hang on their errors that holds the values of rows. */
const DRIVER_DETAIL: ReadonlySet<string> = new Set(['params', 'detail', 'where', 'parameters', 'query', 'cause']);

function member(name: string, value: unknown, depth: number, ancestors: Set<object>): unknown {
  const sensitive = SENSITIVE_NAME.test(name) && !HARMLESS_NAME.test(name);
  return sensitive && value !== undefined && value !== null && typeof value !== 'boolean'
    ? HIDDEN
    : copy(value, depth, ancestors);
}
