import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { finding, type Finding } from '../../broker-check.js';

/** Server settings that decide what an acknowledgement is worth. */
const SETTINGS = [
  'default.replication.factor',
  'min.insync.replicas',
  'unclean.leader.election.enable',
  'log.retention.ms',
  'log.retention.minutes',
  'log.retention.hours',
];

/** What a Kafka cluster promises by its server's settings; a topic may have settings of its own. */
export async function checkKafka(admin: Admin | undefined): Promise<Finding[]> {
  if (admin === undefined) return [finding('connection', 'unknown')];
  try {
    const { brokers, controller } = await admin.describeCluster();
    const node = String(
      brokers.find(({ nodeId }) => nodeId === controller)?.nodeId ?? brokers[0]?.nodeId ?? 0,
    );
    return [
      finding('connection', 'good', { address: `${brokers.length} × Kafka`, version: '' }),
      ...promises(brokers.length, await settingsOf(admin, node)),
    ];
  } catch {
    // Describing takes a permission of its own, which publishing does not need.
    return [
      finding('connection', 'good', { address: 'Kafka', version: '' }),
      finding('replication', 'unknown'),
    ];
  }
}

async function settingsOf(admin: Admin, name: string): Promise<Map<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.BROKER, name, configNames: SETTINGS }],
  });
  const entries = resources.flatMap(({ configEntries }) => configEntries);
  return new Map(entries.map(({ configName, configValue }) => [configName, configValue]));
}

function promises(servers: number, settings: ReadonlyMap<string, string>): Finding[] {
  const replicas = Number(settings.get('default.replication.factor') ?? 1);
  const inSync = Number(settings.get('min.insync.replicas') ?? 1);
  const unclean = settings.get('unclean.leader.election.enable') === 'true';
  const hours = retentionHours(settings);
  return [
    finding('replication', replicas > 1 ? 'good' : 'risk', { replicas, servers }),
    finding('in-sync', inSync > 1 && inSync < replicas ? 'good' : 'risk', { inSync, replicas }),
    finding('elections', unclean ? 'risk' : 'good'),
    hours === undefined
      ? finding('retention', 'unknown')
      : finding('retention', hours < 0 || hours >= 24 ? 'good' : 'risk', { hours: hours < 0 ? '∞' : hours }),
  ];
}

/** The finest setting that is there counts; -1 keeps for ever. */
function retentionHours(settings: ReadonlyMap<string, string>): number | undefined {
  for (const [name, perHour] of [
    ['log.retention.ms', 3_600_000],
    ['log.retention.minutes', 60],
    ['log.retention.hours', 1],
  ] as const) {
    // Kafka gives null for what is not set.
    const written = settings.get(name) ?? '';
    if (written === '') continue;
    const value = Number(written);
    return value < 0 ? -1 : Math.round((value / perHour) * 10) / 10;
  }
  return undefined;
}
