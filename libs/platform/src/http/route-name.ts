import type { Request, Response } from 'express';

const names = new WeakMap<Response, string>();

/**
 * For middleware that answers a request itself: Express knows no route of it, so that it would be measured as `unmatched`.
 *
 * @param route a pattern, never a request's own path: made-up paths must not make up time series
 */
export function nameRoute(response: Response, route: string): void {
  names.set(response, route);
}

/** The pattern of the route that answered: a controller's, or what a middleware said. */
export function routeOf(request: Request, response: Response): string {
  const { path } = (request.route as { path?: unknown } | undefined) ?? {};
  return typeof path === 'string' ? `${request.baseUrl}${path}` : (names.get(response) ?? 'unmatched');
}
