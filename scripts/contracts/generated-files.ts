import { contracts } from '../../src/contracts/library/built-in.js';
import { errorPage } from '../errors/page.js';
import { contractPage } from './page.js';
import { indexOfTypes, payloadTypes } from './types.js';

/** Every file that is made of data in the code (contracts, error codes), by its path in the repository. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const all = Object.values(contracts);
  const files = new Map<string, string>();
  for (const data of all) {
    files.set(`docs/contracts/${data.name}.md`, contractPage(data));
    files.set(`src/contracts/generated/${data.name}.ts`, await payloadTypes(data));
  }
  files.set('src/contracts/generated/index.ts', await indexOfTypes(all));
  files.set('docs/errors.md', errorPage());
  return files;
}
