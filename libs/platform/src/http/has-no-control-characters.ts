import { Matches } from 'class-validator';

/** For stored text: PostgreSQL accepts no NUL, and a name has one line. */
export const HasNoControlCharacters = (): PropertyDecorator =>
  Matches(/^\P{Cc}*$/u, { message: '$property must not contain control characters' });
