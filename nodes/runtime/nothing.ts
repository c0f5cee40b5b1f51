/** What most messages say of most things: one object for all of them, so that nothing is made for nothing. */
export const NOTHING: Readonly<Record<string, never>> = Object.freeze({});
