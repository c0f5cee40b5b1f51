import type { NodeAPI } from 'node-red';
import { tryReach } from '../../src/brokers/trial/reach.js';
import { GridwireError } from '../../src/errors.js';
import { tryPostgres } from '../../src/store/postgres/trial.js';
import { trySqlite } from '../../src/store/sqlite/trial.js';
import { step, type TrialStep } from '../../src/trial.js';
import { STORE_TYPE } from '../runtime/config-types.js';
import type { StoreNode } from '../runtime/store-node.js';
import { trialRoute } from '../runtime/trial-route.js';
import { typedSettings } from '../runtime/typed-settings.js';
import { storeSettings } from './store-settings.js';

/** Where the settings lead; a stored password goes nowhere else. */
const ADDRESS = ['kind', 'host', 'port', 'database', 'useTls', 'tls'] as const;

/** `POST /gridwire/store-trial { id, settings, credentials }`: tries out what is typed into the panel; nothing is written. */
export function registerRoutes(RED: NodeAPI): void {
  trialRoute(RED, '/gridwire/store-trial', `${STORE_TYPE}.write`, async (body) => {
    const { settings, id } = typedSettings(RED, STORE_TYPE, body, ADDRESS);
    const described = storeSettings(settings, RED.settings.userDir ?? process.cwd());
    settings.finish();
    if (described === undefined)
      throw new GridwireError('INTERNAL', 'A store that cannot work was accepted.');
    if (described.kind === 'sqlite')
      return { steps: ownLock(RED, id, described.file) ?? trySqlite(described.file) };
    const steps = await tryReach(described.host, described.port ?? 5432);
    if (steps.at(-1)?.judgement === 'good') steps.push(...(await tryPostgres(described)));
    return { steps };
  });
}

/** The deployed store has its file itself, and locks it. */
function ownLock(RED: NodeAPI, id: string, file: string): TrialStep[] | undefined {
  const node = RED.nodes.getNode(id) as StoreNode | null;
  if (node?.file !== file || node.connection?.status?.state !== 'open') return undefined;
  return [step('file', 'good', { file, isNew: 0 }), step('lock', 'good')];
}
