/** A small wrong change to the code that some test must notice. */
export interface Mutation {
  name: string;
  file: string;
  /** Stands in the file exactly once. */
  find: string;
  replace: string;
  /** The number of the fault that it was, in the issue that asked for the simulator. */
  fault?: string;
  /** The test file that notices it; default: the simulator. */
  test?: string;
}
