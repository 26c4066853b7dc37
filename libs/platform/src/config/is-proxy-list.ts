import { BlockList, isIP } from 'node:net';
import { ValidateBy, type ValidationOptions } from 'class-validator';

/** A comma-separated list of IP addresses and CIDR blocks. It may be empty. Host names and blocks of all addresses are refused. */
export function IsProxyList(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isProxyList',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && value.split(',').every(isProxy),
        defaultMessage: () =>
          '$property must be a comma-separated list of IP addresses and CIDR blocks with a prefix of at least 1 bit',
      },
    },
    options,
  );
}

function isProxy(entry: string): boolean {
  const text = entry.trim();
  if (text === '') return true;
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) === 0) return false;
  try {
    new BlockList().addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}
