const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text that the bytes are, to the byte, or undefined for bytes that are no UTF-8. */
export function exactText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * A copy with memory of its own: neither the read buffer that the bytes were cut from stays in memory with it, nor
 * does it go along when the copy is posted to a worker.
 */
export function ownBytes(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.byteLength);
  copy.set(bytes);
  return copy;
}

/** Whether UTF-8 can write the text: half of a surrogate pair it writes as a replacement, the same for all of them. */
export function isWritable(text: string): boolean {
  return text.isWellFormed();
}
