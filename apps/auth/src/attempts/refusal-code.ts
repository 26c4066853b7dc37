import { Refusal } from '@watchword/platform';

/** The code with which something was refused; undefined for an error that says nothing of what was asked. */
export function refusalCode(error: unknown): string | undefined {
  return error instanceof Refusal ? error.code : undefined;
}
