import type { ExecutionContext } from '@nestjs/common';
import { AuthError } from '../../verification/index.js';
import type { ContextAdapter, CustomContextAdapter } from './context-adapter.js';
import { httpContext } from './http-context.js';
import { rpcContext } from './rpc/rpc-context.js';

const ADAPTERS: ReadonlyMap<string, ContextAdapter> = new Map([
  ['http', httpContext],
  ['rpc', rpcContext],
]);

/** Of all applications of this process: a parameter decorator belongs to none of them. */
const customAdapters = new Set<CustomContextAdapter>();

/** Takes these adapters before those above. */
export function registerAdapters(adapters: readonly CustomContextAdapter[]): void {
  for (const adapter of adapters) customAdapters.add(adapter);
}

/** @throws AuthError `context_unsupported` for a kind of context that nobody wrote an adapter for. */
export function adapterFor(context: ExecutionContext): ContextAdapter {
  const adapter = findAdapter(context);
  if (adapter === undefined) throw new AuthError('context_unsupported', { reason: 'no adapter for this context' });
  return adapter;
}

/** Gives a refused message back to its transport, where that is to be done. @returns as `ContextAdapter.handBack` */
export function handBack(context: ExecutionContext, error: AuthError): boolean | Promise<boolean> {
  return findAdapter(context)?.handBack?.(context, error) ?? false;
}

function findAdapter(context: ExecutionContext): ContextAdapter | undefined {
  for (const adapter of customAdapters) if (adapter.handles(context)) return adapter;
  return ADAPTERS.get(context.getType());
}
