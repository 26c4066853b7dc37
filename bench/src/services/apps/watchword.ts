import { AuthModule } from '@watchword/auth';
import type { Authentication, ServiceSettings } from '../settings.js';

/** What Watchword's guide says a service does, and nothing more. */
export function watchword({ issuer, audience, jwksUri }: ServiceSettings): Authentication {
  return { imports: [AuthModule.forRoot({ issuer, audience, keys: { jwksUri } })] };
}
