import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { type Kafka, ServiceUnavailable, startKafka } from '../../scripts/services/index.js';
import { asAdmin } from './kafka-admin.js';
import { until } from './wait.js';

/** A client that was killed stays a member of its group for a while. */
const PATIENCE = 60_000;

/**
 * Call it first in a `before` hook: a real Kafka of the test's own, which it may stop and break. Skips the suite with
 * a stated reason where none can be had; with CI=true that is a failure. The first time the jars are fetched.
 */
export function ownKafka(context: Mocha.Context, nodes: 1 | 3 = 1, more = ''): Promise<Kafka> {
  return orSkip(context, startKafka(nodes, more));
}

let shared: Promise<Kafka> | undefined;

/**
 * As `ownKafka`, for tests that break nothing: one server of this process for all of them, empty for each that asks. It
 * takes seconds to start one.
 */
export async function emptyKafka(context: Mocha.Context): Promise<Kafka> {
  shared ??= startKafka();
  const kafka = await orSkip(context, shared);
  await emptied(kafka);
  return { ...kafka, stop: () => Promise.resolve() };
}

after(async () => {
  await shared?.then(
    (kafka) => kafka.stop(),
    () => undefined,
  );
});

async function orSkip(context: Mocha.Context, kafka: Promise<Kafka>): Promise<Kafka> {
  context.timeout(600_000);
  try {
    return await kafka;
  } catch (error) {
    if (!(error instanceof ServiceUnavailable) || process.env['CI'] === 'true') throw error;
    console.log(`      skipped: ${error.message}`);
    context.skip();
  }
}

/** Without groups, topics and permissions, as it was when it started. */
async function emptied(kafka: Kafka): Promise<void> {
  await asAdmin(kafka, async (admin) => {
    const groups = async () => (await admin.listGroups()).groups.map(({ groupId }) => groupId);
    const haveGone = async () => {
      const left = await groups();
      if (left.length > 0) await admin.deleteGroups(left).catch(() => undefined);
      return (await groups()).length === 0;
    };
    await until('the groups of the tests before have gone', haveGone, PATIENCE);
    const topics = (await admin.listTopics()).filter((topic) => !topic.startsWith('__'));
    if (topics.length > 0) await admin.deleteTopics({ topics });
    await admin.deleteAcls({
      filters: [
        {
          resourceType: AclResourceTypes.ANY,
          resourcePatternType: ResourcePatternTypes.ANY,
          operation: AclOperationTypes.ANY,
          permissionType: AclPermissionTypes.ANY,
        },
      ],
    });
  });
}
