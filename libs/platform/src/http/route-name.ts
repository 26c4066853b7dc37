import type { Request, Response } from 'express';

const names = new WeakMap<Response, string>();

/**
 * For middleware that answers a request itself: Express knows no route for it, so its metrics would have the route `unmatched`.
 *
 * @param route a pattern, never the path of a request: invented paths must not create time series
 */
export function nameRoute(response: Response, route: string): void {
  names.set(response, route);
}

/** The pattern of the route that answered: of a controller, or set by a middleware. */
export function routeOf(request: Request, response: Response): string {
  const { path } = (request.route as { path?: unknown } | undefined) ?? {};
  return typeof path === 'string' ? `${request.baseUrl}${path}` : (names.get(response) ?? 'unmatched');
}
