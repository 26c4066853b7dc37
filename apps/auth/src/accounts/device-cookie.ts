import type { Request, Response } from 'express';

const NAME = 'watchword_device';
const YEAR_MS = 365 * 86_400_000;

/** What the device kept from its last login. */
export function readDeviceCookie(request: Request): string | undefined {
  return request
    .get('cookie')
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${NAME}=`))
    ?.slice(NAME.length + 1);
}

/** Goes back to the login alone, and no script can read it. */
export function writeDeviceCookie(response: Response, token: string, secure: boolean): void {
  response.cookie(NAME, token, { httpOnly: true, sameSite: 'strict', path: '/auth/login', maxAge: YEAR_MS, secure });
}
