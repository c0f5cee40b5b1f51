import { GridwireError } from '../../errors.js';
import type { Json, JsonObject } from '../../event.js';
import type { ContractData } from '../contract-data.js';
import { assertContractShape } from '../contract-shape.js';
import { Contract } from '../contract.js';
import { inDialect } from '../dialect.js';
import { isObject } from '../json/json-value.js';
import { parseYaml } from '../json/yaml.js';
import { ImportNotes } from './notes.js';
import { objectAt, textAt } from './parts.js';
import { TypesOfDocument } from './types-of-document.js';

/** A contract made of a document, and what of the document it does not carry. */
export interface Imported {
  data: ContractData;
  notes: string[];
}

/** The contract alone. @throws GridwireError what `readAsyncApi` throws */
export function importContract(text: string, name?: string): ContractData {
  return readAsyncApi(text, name).data;
}

/**
 * Makes a contract of an AsyncAPI 3 document, given as YAML or JSON. Each message of each channel becomes an event
 * type; QoS, retain and expiry come from the MQTT bindings of the operations. A document that Gridwire exported gives
 * the same contract again.
 * @param name the contract's name; the document's title is used where there is none
 * @throws GridwireError `CONTRACT_INVALID`, saying what cannot be used and why; `BODY_TOO_LARGE`; `NOT_SUPPORTED` without
 *   the yaml package
 */
export function readAsyncApi(text: string, name?: string): Imported {
  const document = parseYaml(text);
  const version = isObject(document) ? document['asyncapi'] : undefined;
  if (typeof version === 'number')
    throw invalid(`its version is the number ${version}; write it in full, such as asyncapi: 3.0.0`);
  if (!isObject(document) || typeof version !== 'string') {
    throw invalid('it has no member "asyncapi"; give an AsyncAPI 3 document');
  }
  if (!version.startsWith('3.')) {
    throw invalid(
      `its version is ${version.slice(0, 20)}, and 3 is needed; make one of it with AsyncAPI's own tool: npx @asyncapi/cli convert asyncapi.yaml -o asyncapi-3.yaml --target-version=3.0.0`,
    );
  }
  const notes = new ImportNotes();
  const info = objectAt(document, 'info');
  const own = objectAt(document, 'x-gridwire');
  const title = textAt(info, 'title', 'Imported contract');
  if (own['types'] !== undefined) throw invalid('x-gridwire has "types", which are read from the channels');
  const data = {
    ...foreignContract(title, textAt(info, 'description', ''), textAt(info, 'version', '0')),
    ...own,
    types: new TypesOfDocument(document, notes).types(),
  };
  data.name = name ?? data.name;
  noteRest(document, notes);
  return { data: opened(data), notes: notes.list };
}

/**
 * Every dialect is checked and opened: that compiles every schema and template, so that a document that cannot work is
 * refused here and not at the first event.
 */
function opened(data: ContractData): ContractData {
  assertContractShape(data as unknown as Json);
  for (const dialect of Object.keys(data.dialects)) {
    assertContractShape(inDialect(data, dialect) as unknown as Json);
    new Contract(data, { dialect });
  }
  return new Contract(data).data;
}

/** What a whole document may say and a contract does not. */
function noteRest(document: JsonObject, notes: ImportNotes): void {
  if (Object.keys(objectAt(document, 'x-gridwire')).length > 0) return;
  if (document['servers'] !== undefined) {
    notes.add(
      'Servers and their security are not carried over: which broker is used is chosen in the nodes.',
    );
  }
  const type = document['defaultContentType'];
  if (typeof type === 'string' && !/[/+]json\b/.test(type)) {
    notes.add(`Bodies are read and written as JSON, not as ${type.slice(0, 80)}.`);
  }
}

/** What AsyncAPI does not say: no envelope, and dead letters beside their topics. */
function foreignContract(title: string, description: string, version: string): Omit<ContractData, 'types'> {
  return {
    name:
      title
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-+|-+$/g, '') || 'imported',
    title,
    description,
    version,
    source: 'AsyncAPI document',
    prefix: '',
    timeZone: 'UTC',
    envelope: { schema: { type: 'object' }, payloadMember: '', members: {} },
    parameters: {},
    retry: { attempts: 4, delay: 1000, factor: 2, maximumDelay: 30_000 },
    deadLetter: {
      topic: '{topic}/dlq',
      form: 'record',
      qos: 1,
      record: {
        originalTopic: 'original_topic',
        reason: 'failure_reason',
        time: 'failure_timestamp',
        payload: 'payload',
      },
    },
    dialects: {},
  };
}

function invalid(reason: string): GridwireError {
  return new GridwireError('CONTRACT_INVALID', `The AsyncAPI document cannot be used: ${reason}.`);
}
