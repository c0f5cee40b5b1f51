/** What a page sends to a route of another origin. */
export interface Attempt {
  name: string;
  method: string;
  url: string;
  body: string;
}

/** Runs in the page: everything that a page may send to another origin. @returns what it could read of the answers */
export function attack(what: { attempts: Attempt[]; stream: string }): Promise<string[]>;
