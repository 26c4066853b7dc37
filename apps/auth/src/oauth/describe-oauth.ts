import type { OpenAPIObject } from '@nestjs/swagger';
import { GRANT_TYPES } from '../clients/client.js';

type PathItem = OpenAPIObject['paths'][string];
type Properties = Readonly<Record<string, { readonly type: string; readonly enum?: string[] }>>;

const TEXT = { type: 'string' } as const;

/** Adds the OAuth endpoints to the OpenAPI document. Nest does not know them, because they are not controllers. */
export function describeOAuth(document: OpenAPIObject): void {
  document.components = {
    ...document.components,
    securitySchemes: { ...document.components?.securitySchemes, client: { type: 'http', scheme: 'basic' } },
  };
  Object.assign(document.paths, {
    '/oauth/token': form('Get a token (RFC 6749, RFC 8693)', ['grant_type'], {
      grant_type: { ...TEXT, enum: [...GRANT_TYPES] },
      scope: TEXT,
      audience: TEXT,
      resource: TEXT,
      refresh_token: TEXT,
      subject_token: TEXT,
      subject_token_type: TEXT,
      requested_token_type: TEXT,
    }),
    '/oauth/introspect': form('Is this token active? (RFC 7662)', ['token'], { token: TEXT, token_type_hint: TEXT }),
    '/oauth/revoke': form('Revoke a token (RFC 7009)', ['token'], { token: TEXT, token_type_hint: TEXT }),
  });
}

function form(summary: string, required: string[], properties: Properties): PathItem {
  const schema = { type: 'object', required, properties } as const;
  return {
    post: {
      tags: ['oauth'],
      summary,
      security: [{ client: [] }],
      requestBody: { required: true, content: { 'application/x-www-form-urlencoded': { schema } } },
      responses: {
        '200': { description: 'OK' },
        '400': { description: '`error` as in RFC 6749 §5.2' },
        '401': { description: 'invalid_client' },
      },
    },
  };
}
