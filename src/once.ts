/** What is made when it is first asked for, and kept: a package or a contract that not every flow needs. */
export function once<Made>(make: () => Made): () => Made {
  let made: { value: Made } | undefined;
  return () => (made ??= { value: make() }).value;
}
/** What is asked for again is among a few hundred texts; whatever else is asked for must not fill the memory. */
const MOST = 5_000;
const MOST_CHARACTERS = 500;

/** Remembers what is made of a text, so that it is made once and not for each event. What is made must not change. */
export function remembered<Made>(make: (text: string) => Made): (text: string) => Made {
  const known = new Map<string, Made>();
  return (text) => {
    const made = known.get(text);
    if (made !== undefined) return made;
    const fresh = make(text);
    if (text.length > MOST_CHARACTERS) return fresh;
    if (known.size >= MOST) known.clear();
    known.set(text, fresh);
    return fresh;
  };
}
