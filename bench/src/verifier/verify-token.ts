/** Answers in place or by promise, whichever is the library's way; throws or rejects when the token is bad. */
export type VerifyToken = (token: string) => unknown;
