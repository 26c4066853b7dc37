/** The SQLSTATE codes that are used here (PostgreSQL, appendix A). */
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
const CHECK_VIOLATION = '23514';
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';

/**
 * Codes of the operating system; SQLSTATE class 08 (connection) without 08P01 (protocol violation); 57P0x (shut down, starting up),
 * 57014 (statement timeout), 25P03 (idle in transaction), 53300 (too many connections).
 */
const CONNECTION_FAILURE =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|08(?!P01)...|57P0[1-3]|57014|25P03|53300)$/;
/** Messages of `pg` for errors without a code. */
const POOL_FAILURE =
  /^(Connection terminated|timeout (exceeded when trying to connect|expired)|Client (has encountered a connection error|was closed) and is not queryable)/;

/** The error of the database for a refused statement. */
export interface DatabaseErrorInfo {
  /** SQLSTATE, five characters. */
  readonly code: string;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
}

/** The error of the database itself, without the wrappers of drizzle and the drivers; undefined if there is none. */
export function databaseError(error: unknown): DatabaseErrorInfo | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code, constraint, table } = at as Error & Partial<DatabaseErrorInfo>;
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return { code, constraint, table };
  }
  return undefined;
}

/** Whether a row with this key already exists. With `constraint`, only that constraint counts. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return violates(error, UNIQUE_VIOLATION, constraint);
}

export function isForeignKeyViolation(error: unknown, constraint?: string): boolean {
  return violates(error, FOREIGN_KEY_VIOLATION, constraint);
}

export function isCheckViolation(error: unknown, constraint?: string): boolean {
  return violates(error, CHECK_VIOLATION, constraint);
}

/** Whether the transaction failed because of a concurrent one. It may succeed if it is repeated. */
export function isRetryable(error: unknown): boolean {
  const code = databaseError(error)?.code;
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}

/** Whether the database is currently not reachable: there is no connection, or it was lost. The request itself may be valid. */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let at = linkOf(error), depth = 0; at !== undefined && depth < 5; at = linkOf(at.cause), depth++) {
    if (typeof at.code === 'string' && CONNECTION_FAILURE.test(at.code)) return true;
    if (typeof at.message === 'string' && POOL_FAILURE.test(at.message)) return true;
  }
  return false;
}

/** An error in a chain of causes. Not by `instanceof`: errors of Node may come from another realm. */
function linkOf(error: unknown): { code?: unknown; message?: unknown; cause?: unknown } | undefined {
  return typeof error === 'object' && error !== null ? error : undefined;
}

function violates(error: unknown, code: string, constraint: string | undefined): boolean {
  const info = databaseError(error);
  return info?.code === code && (constraint === undefined || info.constraint === constraint);
}
