const HIDDEN = '[redacted]';
const MAX_DEPTH = 8;
const MAX_VALUES = 2_000;

/** Names whose value is a credential. They may be a part of a name: `refresh_token`, `set-cookie`, `clientSecret`. */
const SENSITIVE_NAME =
  /authorization|cookie|passw(or)?d|passphrase|secret|token|jwt|assertion|credential|api[-_]?key|private[-_]?key|encryption[-_]?key|client[-_]?key/i;
/** Names that look similar but are public: of RFC 6749 and of this project. */
const HARMLESS_NAME =
  /^(token_?(type|id|endpoint|types|lifetime|uri)|(access_|refresh_|max_?)?token_?(ttl|lifetime|count)|client_?secret_?expires_at|authorization_?(endpoint|server)|credentials_(missing|malformed)|.*_methods_supported)$/i;

/** `Bearer x`, `Basic x` and the like (RFC 9110 §11.4). */
const CREDENTIALS = /\b(Bearer|Basic|DPoP|Digest)(\s{1,8})[\w.~+/=-]{4,}/gi;
/** A JWS or JWE in compact serialization, anywhere in a text (RFC 7515 §7.1). */
const COMPACT = /(?<![\w-])ey[\w-]{8,}(?:\.[\w-]*){2,4}/g;
/** The user information of a URL. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]*):[^\s/@]+@/gi;
/** A header whose value is the rest of the line. */
const HEADER = /((?:cookie|authorization)\\{0,4}["']?\s{0,8}[=:]\s{0,8}\\{0,4}["']?)[^\r\n"'\\]+/gi;
/** `name=value` of a query or form, and `"name":"value"` of JSON in a text. The name may begin before the match. */
const PAIR =
  /((?:passw(?:or)?d|passphrase|secret|token|assertion|credential|api[-_]?key|private[-_]?key|encryption[-_]?key)[\w-]{0,32}\\{0,4}["']?\s{0,8}[=:]\s{0,8})(\\{0,4}"(?:\\.|[^"\\])*"?|[^\s&;,"'}]+)/gi;
/** Drizzle appends the parameters of a failed statement to its message: email addresses, hashes, anything that was to be stored. */
const QUERY_PARAMETERS = /(\nparams: )[\s\S]*?(?=\n {4}at |$)/g;

/** Every pattern above contains one of these. Most texts contain none, and this check is cheaper than all patterns. */
const SUSPICIOUS =
  /bearer|basic|dpop|digest|\bey|:\/\/|pass|secret|token|cookie|authorization|assertion|credential|key|\nparams: /i;

/**
 * A text without its credentials. No pattern has two unbounded repetitions of the same characters, so a text of an attacker cannot
 * make this slow.
 */
export function redactText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return text
    .replace(QUERY_PARAMETERS, `$1${HIDDEN}`)
    .replace(CREDENTIALS, `$1$2${HIDDEN}`)
    .replace(COMPACT, HIDDEN)
    .replace(URL_PASSWORD, `$1:${HIDDEN}@`)
    .replace(HEADER, `$1${HIDDEN}`)
    .replace(PAIR, (pair: string, name: string, value: string, at: number, whole: string) =>
      HARMLESS_NAME.test(wholeName(whole, at, name)) || value.startsWith(HIDDEN) ? pair : `${name}${HIDDEN}`,
    );
}

/** The whole name, with the part before the match: `access_token_ttl` if `token_ttl=300` matched. */
function wholeName(text: string, at: number, matched: string): string {
  const before = /[\w-]*$/.exec(text.slice(Math.max(0, at - 32), at))?.[0] ?? '';
  return before + (/^[\w-]*/.exec(matched)?.[0] ?? '');
}

/**
 * A copy of any value that is safe to log: without credentials, recognized by name or form, and with errors as plain objects.
 * It runs no code of the value, and omits what is too deep or too large for a log.
 */
export function redact(value: unknown): unknown {
  return new Copy().of(value, 0);
}

/** Properties of database errors that contain values of rows. */
const ROW_VALUES: ReadonlySet<string> = new Set(['params', 'parameters', 'detail', 'where', 'query']);

/** The state of one copy. */
class Copy {
  private readonly ancestors = new Set<object>();
  private left = MAX_VALUES;

  of(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return redactText(value);
    if (typeof value === 'bigint') return value.toString();
    if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${String(value.byteLength)} bytes]`;
    if (this.ancestors.has(value)) return '[circular]';
    if (depth >= MAX_DEPTH || --this.left < 0) return '[more]';
    this.ancestors.add(value);
    try {
      return this.ofObject(value, depth + 1);
    } finally {
      this.ancestors.delete(value);
    }
  }

  private ofObject(value: object, depth: number): unknown {
    if (value instanceof Error) return this.ofError(value, depth);
    if (Array.isArray(value) || value instanceof Set) {
      return [...(value as Iterable<unknown>)].map((entry) => this.of(entry, depth));
    }
    return this.ofMembers(value instanceof Map ? [...(value as Map<unknown, unknown>)] : membersOf(value), depth);
  }

  private ofError(error: Error, depth: number): unknown {
    const { name, message, stack, cause } = error;
    const members = membersOf(error).filter(([member]) => !ROW_VALUES.has(member) && member !== 'cause');
    return {
      name,
      message: redactText(message),
      stack: redactText(stack ?? ''),
      ...this.ofMembers(members, depth),
      ...(cause === undefined ? {} : { cause: this.of(cause, depth) }),
    };
  }

  private ofMembers(members: readonly (readonly [unknown, unknown])[], depth: number): Record<string, unknown> {
    return Object.fromEntries(
      members.map(([key, value]) => {
        const name = typeof key === 'string' ? key : `[${typeof key}]`;
        return [name, isCredential(name, value) ? HIDDEN : this.of(value, depth)];
      }),
    );
  }
}

/** The own members of an object, without running its getters. */
function membersOf(value: object): [string, unknown][] {
  return Object.entries(Object.getOwnPropertyDescriptors(value))
    .filter(([, { enumerable }]) => enumerable === true)
    .map(([name, descriptor]) => [name, 'value' in descriptor ? (descriptor.value as unknown) : '[getter]']);
}

/** Whether the value must be hidden. Booleans, null and undefined under a sensitive name only say whether there is a credential. */
function isCredential(name: string, value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'boolean') return false;
  return SENSITIVE_NAME.test(name) && !HARMLESS_NAME.test(name);
}
