import { domainToASCII } from 'node:url';

/**
 * The form in which addresses are compared: Unicode compatibility forms made one (UAX #15, NFKC), lower case, and the
 * domain as it is in the DNS, so that one mailbox can't have two accounts.
 */
export function emailKey(email: string): string {
  const normalised = email.normalize('NFKC').trim().toLowerCase().normalize('NFKC');
  const at = normalised.lastIndexOf('@');
  const domain = normalised.slice(at + 1);
  return `${normalised.slice(0, at)}@${domainToASCII(domain) || domain}`;
}
