import { ConfigError } from '../config/config-error.js';
import { redactText } from '../logging/redact.js';
import { OperatorError } from './operator-error.js';

/** Says on stderr why an app does not start. */
export function reportBootFailure(app: string, error: unknown): void {
  process.stderr.write(`${redactText(describe(app, error))}\n`);
}

function describe(app: string, error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof OperatorError) return `${app} can not start: ${error.message}`;
  if (isListenError(error)) return `${app} can not start: ${listenMessage(error)}`;
  const shown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${app} can not start: ${shown}`;
}

interface ListenError extends NodeJS.ErrnoException {
  readonly port?: number;
  readonly address?: string;
}

function isListenError(error: unknown): error is ListenError {
  return error instanceof Error && (error as ListenError).syscall === 'listen';
}

function listenMessage({ code, address, port }: ListenError): string {
  const where = `${address ?? ''}:${String(port)}`;
  if (code === 'EADDRINUSE') return `another process listens on ${where} already; stop it or set another port`;
  if (code === 'EACCES') return `this user may not listen on ${where}`;
  if (code === 'EADDRNOTAVAIL') return `${address ?? ''} is not an address of this machine; correct HOST`;
  return `it can not listen on ${where} (${code ?? 'unknown reason'})`;
}
