/** @internal How a client authenticates by its secret, as a value of Authorization (RFC 6749 §2.3.1). */
export function basicCredentials(clientId: string, clientSecret: string): string {
  return `Basic ${Buffer.from(`${formEncode(clientId)}:${formEncode(clientSecret)}`).toString('base64')}`;
}

/** application/x-www-form-urlencoded, as the RFC wants it before the colon is put between. */
function formEncode(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1);
}
