import { requirementsOf, type Handler } from '@watchword/auth';
import type { INestApplication, Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import { nameRoute } from './route-name.js';

const PATH = 'docs';

/** Serves the OpenAPI document of the app at `/docs`, and as JSON at `/docs/openapi.json`. It is built at the first request. */
export function serveOpenApi(app: INestApplication, name: string, extend?: (document: OpenAPIObject) => void): void {
  let document: OpenAPIObject | undefined;
  app.use(`/${PATH}`, (_request: Request, response: Response, next: NextFunction) => {
    nameRoute(response, `/${PATH}`);
    next();
  });
  SwaggerModule.setup(PATH, app, () => (document ??= describe(app, name, extend)), {
    jsonDocumentUrl: `${PATH}/openapi.json`,
    customSiteTitle: `Watchword: ${name}`,
  });
}

function describe(app: INestApplication, name: string, extend?: (document: OpenAPIObject) => void): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle(`Watchword: ${name}`)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    // For an operation whose handler is not found here.
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, config, { operationIdFactory: operationId });
  describeSecurity(document, handlersOf(app));
  extend?.(document);
  return document;
}

type Operation = OpenAPIObject['paths'][string]['get'];
type Handlers = ReadonlyMap<string, readonly (readonly [controller: Type, handler: Handler])[]>;

const operationId = (controller: string, method: string): string => `${controller}_${method}`;

/** Adds to each operation what its decorators require, with the same function that the guard uses. */
function describeSecurity({ paths }: OpenAPIObject, handlers: Handlers): void {
  for (const operation of Object.values(paths).flatMap((path): Operation[] => Object.values(path))) {
    // A handler of several paths has one operation for each: `read[0]`, `read[1]`.
    const known = handlers.get(operation?.operationId?.replace(/\[\d+\]$/, '') ?? '') ?? [];
    if (operation === undefined || known.length === 0) continue;
    const required = known.map(([controller, handler]) => requirementsOf(controller, handler));
    operation.security = required.every(({ isPublic }) => isPublic) ? [] : [{ bearer: [] }];
    const needs = [
      ...required.flatMap(({ scopes }) => scopes.map((scope) => `Needs scope \`${scope}\`.`)),
      ...required.flatMap(({ roles }) => roles.map((group) => `Needs role \`${[...group].join('` or `')}\`.`)),
    ];
    operation.description = [operation.description, ...needs].filter(Boolean).join(' ');
  }
}

/** The methods of all controllers by operation id. Controllers with the same name share their ids. */
function handlersOf(app: INestApplication): Handlers {
  const scanner = new MetadataScanner();
  const handlers = new Map<string, (readonly [Type, Handler])[]>();
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      const controller = metatype as Type<Record<string, Handler>>;
      for (const method of scanner.getAllMethodNames(controller.prototype)) {
        const id = operationId(controller.name, method);
        handlers.set(id, [...(handlers.get(id) ?? []), [controller, controller.prototype[method] as Handler]]);
      }
    }
  }
  return handlers;
}
