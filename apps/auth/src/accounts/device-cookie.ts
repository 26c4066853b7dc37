import type { Request, Response } from 'express';

const NAME = 'watchword_device';
const YEAR_MS = 365 * 86_400_000;

/** The device token of the last login, from the cookie. */
export function readDeviceCookie(request: Request): string | undefined {
  return request
    .get('cookie')
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${NAME}=`))
    ?.slice(NAME.length + 1);
}

/** Sets the cookie. It is sent to the login endpoint only, and scripts cannot read it. */
export function writeDeviceCookie(response: Response, token: string, secure: boolean): void {
  response.cookie(NAME, token, { httpOnly: true, sameSite: 'strict', path: '/auth/login', maxAge: YEAR_MS, secure });
}
