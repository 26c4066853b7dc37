const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether it is a UUID in the form that PostgreSQL returns: lower case, with dashes (RFC 9562 §4). */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
