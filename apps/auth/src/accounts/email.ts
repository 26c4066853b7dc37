import { domainToASCII } from 'node:url';

/**
 * The normal form for comparing email addresses: Unicode NFKC (UAX #15), lower case, and the domain in its DNS form (Punycode). So
 * one mailbox cannot have two accounts.
 */
export function emailKey(email: string): string {
  const normalised = email.normalize('NFKC').trim().toLowerCase().normalize('NFKC');
  const at = normalised.lastIndexOf('@');
  const domain = normalised.slice(at + 1);
  return `${normalised.slice(0, at)}@${domainToASCII(domain) || domain}`;
}
