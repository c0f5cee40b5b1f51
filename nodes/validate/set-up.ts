import type { NodeDef } from 'node-red';
import { toGridwireError } from '../../src/errors.js';
import { eventTypeSetting, requiredContract } from '../fields/contract-setting.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import { type GridwireMessage, messageError } from '../runtime/messages.js';
import { reachesAnyone } from '../flow-completion/index.js';
import { Rejections } from '../inbound/rejections.js';
import type { Settings } from '../runtime/settings.js';
import { type Checker, contractChecker, fileChecker, messageChecker, schemaChecker } from './checker.js';
import { plausibilitySetting } from './plausible.js';

export interface ValidateConfig extends NodeDef {
  /** `contract`, `schema` (pasted), `message` (`msg.schema`) or `file`. */
  source: string;
  contract: string;
  dialect: string;
  /** `''`: found by msg.topic. */
  eventType: string;
  schema: string;
  file: string;
  maxBodyKib: string | number;
  /** Checks beyond the schema, as rows of a table. */
  plausibility: unknown;
  /** Members that say when a reading was measured, the first that is there; flows of older versions have none. */
  timeMember?: string;
}

const SOURCES = ['contract', 'schema', 'message', 'file'] as const;

export function setUp({ RED, node, settings, status }: NodeTools<ValidateConfig>): NodeBehaviour {
  const checker = checkerSetting(settings);
  const judge = plausibilitySetting(settings);
  settings.finish();
  if (checker === undefined || judge === undefined) return {};

  const rejections = new Rejections(node, status, () => reachesAnyone(RED, node, 1), 1, 2);
  let count = 0;
  return {
    onInput(message: GridwireMessage, send) {
      rejections.counted();
      try {
        const checked = checker(message);
        const notes = judge(checked, message);
        const { zone: _, ...found } = checked;
        count += 1;
        status.show('received', { count });
        send([{ ...message, ...found, ...(notes.length === 0 ? {} : { plausibility: notes }) }, null]);
      } catch (thrown) {
        const error = toGridwireError(thrown);
        rejections.reject({ ...message, error: messageError(error) }, error, send);
      }
    },
  };
}

function checkerSetting(settings: Settings): Checker | undefined {
  const source = settings.choice('source', SOURCES, 'contract');
  if (source === 'contract') {
    const contract = requiredContract(settings, '');
    const eventType = eventTypeSetting(settings, contract);
    return contract === undefined ? undefined : contractChecker(contract, eventType);
  }
  if (source === 'message') return messageChecker();
  if (source === 'file') {
    const file = settings.required('file', 'The schema file');
    return file === '' ? undefined : settings.check('file', () => fileChecker(file));
  }
  // The schema as it is written: a pattern such as "^\${" is no variable.
  const schema = settings.verbatim('schema');
  if (schema.trim() === '') settings.fault('schema', 'The schema is missing.');
  return settings.check('schema', () => schemaChecker(schema));
}
