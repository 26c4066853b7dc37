import type { AuditedHandler } from '../nest/boot/auth-audit.js';
import { textOfRequirements } from '../nest/requirements/requirements.js';

const HEADERS = ['kind', 'route', 'requires', 'declared by', 'handler'];

/** The handlers as a table of text. */
export function routesTable(handlers: readonly AuditedHandler[]): string {
  const rows = handlers.map((handler) => [
    handler.kind,
    handler.route,
    textOfRequirements(handler),
    handler.declaredBy.join(', ') || '(default)',
    handler.handler,
  ]);
  const widths = HEADERS.map((header, column) =>
    Math.max(header.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(HEADERS), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
