/** One place of a change. */
export interface Edit {
  file: string;
  /** Stands in the file exactly once. */
  find: string;
  replace: string;
}

/** A small wrong change to the code that some test must notice. */
export interface Mutation extends Edit {
  name: string;
  /** Further places, where two guards keep off the same fault. */
  also?: Edit[];
  /** The number of the fault that it was, in the issue that asked for the simulator. */
  fault?: string;
  /** The test file that notices it; default: the simulator. */
  test?: string;
}
