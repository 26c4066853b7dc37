/** @internal The value of the Authorization header for a client that authenticates with its secret (RFC 6749 §2.3.1). */
export function basicCredentials(clientId: string, clientSecret: string): string {
  return `Basic ${Buffer.from(`${formEncode(clientId)}:${formEncode(clientSecret)}`).toString('base64')}`;
}

/** application/x-www-form-urlencoded: RFC 6749 §2.3.1 encodes id and secret before they are joined by a colon. */
function formEncode(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1);
}
