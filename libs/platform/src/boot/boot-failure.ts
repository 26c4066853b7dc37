import { ConfigError } from '../config/config-error.js';
import { stackOf } from '../logging/format-text.js';
import { redactText } from '../logging/redact.js';
import { OperatorError } from '../errors/operator-error.js';

/** Prints on stderr why an app does not start. */
export function reportBootFailure(app: string, error: unknown): void {
  process.stderr.write(`${redactText(describe(app, error))}\n`);
}

function describe(app: string, error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof OperatorError) return `${app} cannot start: ${error.message}${causeOf(error)}`;
  if (isListenError(error)) return `${app} cannot start: ${listenMessage(error)}`;
  // An unexpected error: print its stack.
  return `${app} cannot start: ${stackOf(error) ?? String(error)}`;
}

/** The cause, which an operator can search for, unless the message already contains it. */
function causeOf({ message, cause }: OperatorError): string {
  return cause instanceof Error && !message.includes(cause.message)
    ? `\nCaused by ${cause.name}: ${cause.message}`
    : '';
}

interface ListenError extends NodeJS.ErrnoException {
  readonly port?: number;
  readonly address?: string;
}

function isListenError(error: unknown): error is ListenError {
  return error instanceof Error && (error as ListenError).syscall === 'listen';
}

function listenMessage({ code, address = '', port }: ListenError): string {
  const where = port === undefined ? address : `${address}:${String(port)}`;
  if (code === 'EADDRINUSE') return `another process already listens on ${where}; stop it or set another port`;
  if (code === 'EACCES') return `this user may not listen on ${where}; set a port of 1024 or above`;
  if (code === 'EADDRNOTAVAIL') return `${address} is not an address of this machine; correct the host to listen on`;
  return `it cannot listen on ${where} (${code ?? 'unknown reason'})`;
}
