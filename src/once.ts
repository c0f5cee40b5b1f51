/** What is made when it is first asked for, and kept: a package or a contract that not every flow needs. */
export function once<Made>(make: () => Made): () => Made {
  let made: { value: Made } | undefined;
  return () => (made ??= { value: make() }).value;
}
/** What is asked for again is among a few hundred texts; whatever else is asked for must not fill the memory. */
const MOST = 5_000;
const MOST_CHARACTERS = 500;
/**
 * So many others are made without being kept before all is forgotten: where there are many more texts than are kept, making
 * room for each costs more than what is made, and where others come up for good, these are to be known.
 */
const NOT_KEPT = 20 * MOST;

/** Remembers what is made of a text, so that it is made once and not for each event. What is made must not change. */
export function remembered<Made>(make: (text: string) => Made): (text: string) => Made {
  const known = new Map<string, Made>();
  let notKept = 0;
  return (text) => {
    const made = known.get(text);
    if (made !== undefined) return made;
    const fresh = make(text);
    if (text.length > MOST_CHARACTERS) return fresh;
    if (known.size >= MOST) {
      notKept += 1;
      if (notKept <= NOT_KEPT) return fresh;
      known.clear();
      notKept = 0;
    }
    known.set(text, fresh);
    return fresh;
  };
}
