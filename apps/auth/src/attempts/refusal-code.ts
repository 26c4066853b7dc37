import { Refusal } from '@watchword/platform';

/** The code of a refusal; undefined for an error that is not caused by the request. */
export function refusalCode(error: unknown): string | undefined {
  return error instanceof Refusal ? error.code : undefined;
}
