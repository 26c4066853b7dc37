import type { RequestHandler } from 'express';
import helmet from 'helmet';

const NOTHING = { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] };
/** Swagger UI has its scripts in files, and its styles and icons inline. */
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

/** Headers for old browsers and plug-ins, which these responses do not need. Each header costs time in every response. */
const WITHOUT = {
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  originAgentCluster: false,
  crossOriginOpenerPolicy: false,
} as const;

/** Headers that make browsers treat responses as data only. The documentation page may be rendered. */
export function secureHeaders(): RequestHandler {
  const api = helmet({ ...WITHOUT, contentSecurityPolicy: { useDefaults: false, directives: NOTHING } });
  const docs = helmet({ contentSecurityPolicy: { useDefaults: false, directives: DOCS } });
  return (request, response, next) => {
    const isDocs = request.path === '/docs' || request.path.startsWith('/docs/');
    (isDocs ? docs : api)(request, response, next);
  };
}
