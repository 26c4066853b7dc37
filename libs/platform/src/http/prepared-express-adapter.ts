import type { NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express } from 'express';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';

const UNUSED = ['httpsOptions', 'forceCloseConnections', 'return503OnClosing'] as const;

/**
 * Nest's Express adapter whose requests and responses are created with Express's prototypes (ADR 11 in docs/adr). Otherwise Express
 * changes the prototype of each request; then V8 accesses it slowly, and it survives garbage collections of the young generation.
 * That is most of the CPU time of a small request, and of the garbage collection pauses.
 */
export class PreparedExpressAdapter extends ExpressAdapter {
  /** @throws TypeError for options about TLS and open connections, which the platform does not use */
  override initHttpServer(options: NestApplicationOptions): void {
    for (const name of UNUSED) {
      if (options[name]) throw new TypeError(`${name} is not for this adapter`);
    }
    const express = this.getInstance<Express>();
    this.httpServer = createServer(prepareClasses(express), express);
  }
}

/** Creates classes between Node's classes and Express's prototypes, so that each new object already has the prototype that Express would set. */
function prepareClasses(express: Express) {
  class ExpressRequest extends IncomingMessage {}
  class ExpressResponse extends ServerResponse {}
  Object.setPrototypeOf(ExpressRequest.prototype, express.request);
  Object.setPrototypeOf(ExpressResponse.prototype, express.response);
  Object.assign(express, { request: ExpressRequest.prototype, response: ExpressResponse.prototype });
  return { IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse };
}
