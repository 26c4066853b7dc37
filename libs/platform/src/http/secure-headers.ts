import type { RequestHandler } from 'express';
import helmet from 'helmet';

const NOTHING = { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] };
/** Swagger UI has its scripts in files, its styles and icons in place. */
const DOCS = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
};

/** For pages and plug-ins of other days, which none of these answers are. Each header costs every response. */
const WITHOUT = {
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  originAgentCluster: false,
  crossOriginOpenerPolicy: false,
} as const;

/** Headers that keep a browser from making anything of an answer but data; the documentation page may render. */
export function secureHeaders(): RequestHandler {
  const api = helmet({ ...WITHOUT, contentSecurityPolicy: { useDefaults: false, directives: NOTHING } });
  const docs = helmet({ contentSecurityPolicy: { useDefaults: false, directives: DOCS } });
  return (request, response, next) => {
    const isDocs = request.path === '/docs' || request.path.startsWith('/docs/');
    (isDocs ? docs : api)(request, response, next);
  };
}
