import { readFileSync, statSync } from 'node:fs';
import type { NodeAPI, NodeDef } from 'node-red';
import { importContract } from '../../src/contracts/asyncapi/import.js';
import { GridwireError } from '../../src/errors.js';
import { CONTRACT_TYPE, type ContractNode } from '../runtime/contract-node.js';
import { defineNode } from '../runtime/define-node.js';
import type { Settings } from '../runtime/settings.js';

interface ContractConfig extends NodeDef {
  /** `text` (pasted) or `file`. */
  source: string;
  document: string;
  file: string;
}

/** An AsyncAPI document beyond this is none that a person wrote. */
const MAX_FILE_BYTES = 4_000_000;

export default function register(RED: NodeAPI): void {
  defineNode<ContractConfig>(RED, CONTRACT_TYPE, ({ node, settings }) => {
    const source = settings.choice('source', ['text', 'file'], 'text');
    const text = source === 'file' ? fileText(settings) : settings.verbatim('document');
    if (source === 'text' && text === '') settings.fault('document', 'The AsyncAPI document is missing.');
    const name = settings.text('name');
    const data =
      text === undefined || text === ''
        ? undefined
        : settings.check(source === 'file' ? 'file' : 'document', () =>
            importContract(text, name === '' ? undefined : name),
          );
    settings.finish();
    if (data !== undefined) (node as ContractNode).data = data;
    return {};
  });
}

function fileText(settings: Settings): string | undefined {
  const file = settings.required('file', 'The file');
  if (file === '') return undefined;
  return settings.check('file', () => {
    const { size } = statSync(file);
    if (size <= MAX_FILE_BYTES) return readFileSync(file, 'utf8');
    throw new GridwireError(
      'SETTING_INVALID',
      `The file has ${size} bytes; at most ${MAX_FILE_BYTES} are read.`,
    );
  });
}
