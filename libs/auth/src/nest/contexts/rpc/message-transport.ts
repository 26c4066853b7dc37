/** How one transport's messages carry headers, seen from the context that Nest gives to their handlers. */
export interface MessageTransport {
  /** Whether the message came by this transport. By what its context can do, so that no transport's package is imported. */
  handles(message: object): boolean;
  /** @throws AuthError `credentials_malformed` */
  authorization(message: object): readonly string[];
}

/** @internal Whether the object has all of these methods. */
export function hasMethods(value: object, ...names: readonly string[]): boolean {
  return names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'function');
}

export const NONE: readonly string[] = Object.freeze([]);
