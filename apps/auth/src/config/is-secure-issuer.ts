import { ValidateBy } from 'class-validator';

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

/** In production, an issuer must use TLS (RFC 8414 §2), unless it is reachable from this machine only. */
export const IsSecureIssuer = (): PropertyDecorator =>
  ValidateBy({
    name: 'isSecureIssuer',
    validator: {
      validate: (value: unknown, args) =>
        Reflect.get(args?.object ?? {}, 'NODE_ENV') !== 'production' || isSecure(String(value)),
      defaultMessage: () =>
        '$property must be an https URL when NODE_ENV is production, or one of the loopback address',
    },
  });

function isSecure(url: string): boolean {
  // An invalid URL is reported by another decorator.
  if (!URL.canParse(url)) return true;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || LOOPBACK.test(hostname);
}
