import { Matches } from 'class-validator';

/** Of what is kept as text: PostgreSQL takes no NUL, and a name has one line. */
export const HasNoControlCharacters = (): PropertyDecorator =>
  Matches(/^\P{Cc}*$/u, { message: '$property must not contain control characters' });
