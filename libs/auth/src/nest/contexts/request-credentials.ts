import { Injectable, type ExecutionContext } from '@nestjs/common';
import type { ContextAdapter } from './context-adapter.js';

/** Finds further tokens of a request, beside its Authorization header: in a cookie, say. Each as it is, without a scheme. */
export type FindCredentials = (context: ExecutionContext) => readonly string[];

/** Every credential that came with a request, from each place where one may be. */
@Injectable()
export class RequestCredentials {
  constructor(private readonly find?: FindCredentials) {}

  /** Raw Authorization values. Two of them, from whatever places, are refused later. @throws AuthError */
  of(context: ExecutionContext, adapter: ContextAdapter, request: object): readonly string[] {
    const values = adapter.authorization(request);
    return this.find === undefined ? values : [...values, ...this.find(context).map((token) => `Bearer ${token}`)];
  }
}
