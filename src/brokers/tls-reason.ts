/** How OpenSSL and Node begin what they say of a key, a certificate or a version that cannot be used. */
const UNUSABLE =
  /^(?:Failed to connect: )?(?:error:[0-9A-F]{8}:|PEM|mac verify|"?TLS|.*(?:not enough data|PKCS12|PEM routines|DECODER|passphrase|TLS protocol version|SSL routines:))/i;

/**
 * The reason why TLS could not begin, with what to do about it; OpenSSL's own words say only what it met.
 * @returns undefined for whatever else went wrong
 */
export function tlsReason(message: string): string | undefined {
  if (!UNUSABLE.test(message)) return undefined;
  return `TLS cannot begin (${inShort(message)}); check certificate, key and passphrase in the TLS settings`;
}

/** OpenSSL's words without the place in its program: `409D…:error:0A00045C:SSL routines:ssl3_read_bytes:the words:file.c:918:` */
function inShort(message: string): string {
  return /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? message;
}
