const gathering = new WeakSet<object>();

/**
 * Lets everything that is written to a stream in one turn of the event loop leave in one system call, which is most of
 * what a small packet costs. To be called before each write.
 */
export function gather(stream: { cork(): void; uncork(): void }): void {
  if (gathering.has(stream)) return;
  gathering.add(stream);
  stream.cork();
  setImmediate(() => {
    gathering.delete(stream);
    stream.uncork();
  });
}
