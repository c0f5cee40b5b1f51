import { readFileSync, statSync } from 'node:fs';
import type { NodeDef } from 'node-red';
import { readAsyncApi } from '../../src/contracts/asyncapi/import.js';
import { BOUNDS } from '../../src/bounds.js';
import { GridwireError } from '../../src/errors.js';
import type { ContractNode } from '../runtime/contract-node.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import type { Settings } from '../runtime/settings.js';
import { fileText as textIn } from '../../src/file-text.js';

interface ContractConfig extends NodeDef {
  /** `text` (pasted) or `file`. */
  source: string;
  document: string;
  file: string;
}

export function setUp({ node, settings }: NodeTools<ContractConfig>): NodeBehaviour {
  const source = settings.choice('source', ['text', 'file'], 'text');
  const text = source === 'file' ? fileText(settings) : settings.verbatim('document');
  if (source === 'text' && text === '') settings.fault('document', 'The AsyncAPI document is missing.');
  const name = settings.text('name');
  const imported =
    text === undefined || text === ''
      ? undefined
      : settings.check(source === 'file' ? 'file' : 'document', () =>
          readAsyncApi(text, name === '' ? undefined : name),
        );
  settings.finish();
  if (imported === undefined) return {};
  (node as ContractNode).data = imported.data;
  for (const note of imported.notes) node.warn(note);
  return {};
}

function fileText(settings: Settings): string | undefined {
  const file = settings.required('file', 'The file');
  if (file === '') return undefined;
  return settings.check('file', () => {
    const { size } = statSync(file);
    if (size <= BOUNDS.documentCharacters) return textIn(readFileSync(file));
    throw new GridwireError(
      'SETTING_INVALID',
      `The file has ${size} bytes; at most ${BOUNDS.documentCharacters} are read.`,
    );
  });
}
