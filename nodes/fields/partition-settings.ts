import { type Partition, partitionsOf } from '../../src/delivery/partitions/partition.js';
import type { Broker } from '../../src/brokers/broker.js';
import { joinPrefix } from '../../src/contracts/topic-template.js';
import type { Qos } from '../../src/event.js';
import type { UsableBrokerNode } from '../runtime/broker-node.js';
import type { Settings } from '../runtime/settings.js';
import type { SettlementSettings } from './settlement-settings.js';
import type { UsableStoreNode } from '../runtime/store-node.js';

export interface PartitionSettings {
  group: string;
  partitions: Partition[];
  /** Where the leases are. */
  store: UsableStoreNode;
  session: (name: string) => Broker;
}

/**
 * How a source is shared with other processes (fields `shared`, `sharedGroup`, `partitions`, `partitionRest`); undefined
 * where it is not.
 * @param source the filter of the whole, and the QoS asked for
 */
export function partitionSettings(
  settings: Settings,
  brokerNode: UsableBrokerNode | undefined,
  source: { filter: string; qos: Qos },
  { store, mode }: SettlementSettings,
): PartitionSettings | undefined {
  if (!settings.flag('shared', false)) return undefined;
  const group = settings.required('sharedGroup', 'The name of the group');
  if (group !== '' && !/^[\w.-]{1,100}$/.test(group))
    settings.fault('sharedGroup', 'may have letters, digits, point, hyphen and underscore, at most 100.');
  const lines = settings
    .verbatim('partitions')
    .split('\n')
    .map((line) => line.split(/\s+/).filter((filter) => filter !== ''))
    .filter((filters) => filters.length > 0)
    .map((filters) => filters.map((filter) => joinPrefix(brokerNode?.topicPrefix ?? '', filter)));
  const rest = settings.flag('partitionRest', true);
  const partitions = settings.check('partitions', () => partitionsOf(lines, source.filter, rest));
  if (store === undefined) settings.fault('store', 'processes that share a source need a PostgreSQL store.');
  if (source.qos === 0)
    settings.fault('qos', 'processes that share a source need QoS 1 or 2, or what one loses is lost.');
  if (mode === 'receipt')
    settings.fault('settlement', 'what is acknowledged on receipt cannot be taken over by another process.');
  const broker = brokerNode?.broker;
  if (broker !== undefined && broker.session === undefined) {
    settings.fault(
      'shared',
      broker.capabilities.log
        ? 'with a log (Kafka), processes with the same client ID and the same flow share the partitions of a topic by themselves; switch this off.'
        : 'a broker in memory is not shared with other processes; choose an MQTT broker.',
    );
  }
  const session = broker?.session?.bind(broker);
  if (partitions === undefined || store === undefined || session === undefined) return undefined;
  return { group, partitions, store, session };
}
