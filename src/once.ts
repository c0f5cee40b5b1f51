/** What is made when it is first asked for, and kept: a package or a contract that not every flow needs. */
export function once<Made>(make: () => Made): () => Made {
  let made: { value: Made } | undefined;
  return () => (made ??= { value: make() }).value;
}
