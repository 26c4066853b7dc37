import 'reflect-metadata';

/** The metadata keys of @nestjs/graphql on resolvers and their methods. Copied, because that package is optional. */
export const GRAPHQL = {
  type: 'graphql:resolver_type',
  name: 'graphql:resolver_name',
  field: 'graphql:resolve_property',
  reference: 'graphql:resolve_reference',
} as const;

/** What @nestjs/microservices writes on the methods that handle messages: their patterns, and which kind they are of. */
const PATTERN = 'microservices:pattern';
const HANDLER_TYPE = 'microservices:handler_type';
const EVENT = 2;

/** The patterns of a message handler, as text; none for another method. */
export function patternsOf(method: object): string[] {
  const patterns: unknown = Reflect.getMetadata(PATTERN, method);
  return Array.isArray(patterns) ? patterns.map(textOfPattern) : [];
}

export function textOfPattern(pattern: unknown): string {
  return typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
}

/** Whether a message handler is one of events, so that nobody waits for an answer. */
export function handlesEvents(method: object): boolean {
  return Reflect.getMetadata(HANDLER_TYPE, method) === EVENT;
}
