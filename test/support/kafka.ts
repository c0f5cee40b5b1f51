import { type Kafka, ServiceUnavailable, startKafka } from '../../scripts/services/index.js';

/**
 * Call it first in a `before` hook: a real Kafka of the test's own, which it may stop and break. Skips the suite with
 * a stated reason where none can be had; with CI=true that is a failure. The first time the jars are fetched.
 */
export async function ownKafka(context: Mocha.Context, nodes: 1 | 3 = 1, more = ''): Promise<Kafka> {
  context.timeout(600_000);
  try {
    return await startKafka(nodes, more);
  } catch (error) {
    if (!(error instanceof ServiceUnavailable) || process.env['CI'] === 'true') throw error;
    console.log(`      skipped: ${error.message}`);
    context.skip();
  }
}
