import type { VerifiedToken } from '@watchword/auth';

/** Identifies a person or client: a subject is unique within its issuer only. */
export interface Owner {
  readonly issuer: string;
  readonly subject: string;
}

export const ownerOf = ({ issuer, subject }: VerifiedToken): Owner => ({ issuer, subject });

export const sameOwner = (one: Owner, other: Owner): boolean =>
  one.issuer === other.issuer && one.subject === other.subject;
