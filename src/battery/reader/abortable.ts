/**
 * Waits for a promise that cannot be cancelled, but no longer than the signal lasts. A result that comes too late is
 * dropped, and so is a late failure.
 * @throws the signal's reason
 */
export async function abortable<T>(operation: Promise<T>, signal: AbortSignal): Promise<T> {
  let leave: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason as Error);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  operation.catch(() => undefined);
  try {
    return await Promise.race([operation, aborted]);
  } finally {
    if (leave) signal.removeEventListener('abort', leave);
  }
}
