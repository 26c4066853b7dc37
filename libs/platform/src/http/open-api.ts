import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

/** Serves the description of the app's endpoints at `/docs`, and as JSON at `/docs/openapi.json`. Built when first asked for. */
export function serveOpenApi(app: INestApplication, name: string, extend?: (document: OpenAPIObject) => void): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (document ??= describe(app, name, extend)), {
    jsonDocumentUrl: 'docs/openapi.json',
    customSiteTitle: `Watchword: ${name}`,
  });
}

function describe(app: INestApplication, name: string, extend?: (document: OpenAPIObject) => void): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle(`Watchword: ${name}`)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  extend?.(document);
  return document;
}
