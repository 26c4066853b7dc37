import { ValidateBy } from 'class-validator';

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

/** In production an issuer is reached over TLS (RFC 8414 §2), unless it is reached from this machine alone. */
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
  // What is no URL has a fault of its own.
  if (!URL.canParse(url)) return true;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || LOOPBACK.test(hostname);
}
