import { Contract } from '../../src/contracts/contract.js';
import { builtInContract } from '../../src/contracts/library/built-in.js';
import { DEFAULT_BODY_LIMITS } from '../../src/contracts/json/json-body.js';
import { CONTRACT_TYPE } from '../runtime/config-types.js';
import { type ContractNode, OWN_CONTRACT } from '../runtime/contract-node.js';
import type { Settings } from '../runtime/settings.js';

/** The largest body a panel may allow; more than this does not belong in a message. */
const MAX_BODY_KIB = 65_536;

/**
 * The contract a node's settings name (fields `contract`, `dialect`, `maxBodyKib`), opened; undefined where the node
 * works without one.
 * @param switchedOff groups of the contract's types that this node is not to build
 */
export function contractSetting(
  settings: Settings,
  prefix: string,
  switchedOff: unknown = [],
): Contract | undefined {
  const name = settings.text('contract');
  const dialect = settings.text('dialect', 'documented');
  const maxBytes =
    1024 *
    settings.integer('maxBodyKib', {
      minimum: 1,
      maximum: MAX_BODY_KIB,
      otherwise: DEFAULT_BODY_LIMITS.maxBytes / 1024,
    });
  if (name === '') return undefined;
  const limits = { ...DEFAULT_BODY_LIMITS, maxBytes };
  const disabled = Array.isArray(switchedOff) ? switchedOff.filter((one) => typeof one === 'string') : [];
  if (name !== OWN_CONTRACT) {
    return settings.check(
      'contract',
      () => new Contract(builtInContract(name), { dialect, prefix, limits, disabled }),
    );
  }
  const own = settings.configNode<ContractNode>('ownContract', CONTRACT_TYPE, 'a contract of your own');
  const data = own?.data;
  if (own !== undefined && data === undefined)
    settings.fault('ownContract', "the contract's own settings are invalid.");
  return data === undefined
    ? undefined
    : settings.check('contract', () => new Contract(data, { prefix, limits }));
}

/** As `contractSetting`, for nodes that cannot work without one. */
export function requiredContract(settings: Settings, prefix: string): Contract | undefined {
  if (settings.required('contract', 'The contract') === '') return undefined;
  return contractSetting(settings, prefix);
}

/** An event type of the contract (field `eventType`); `''` means that the message says which. */
export function eventTypeSetting(settings: Settings, contract: Contract | undefined): string {
  const name = settings.text('eventType');
  if (name !== '' && contract !== undefined) settings.check('eventType', () => contract.type(name));
  return name;
}
