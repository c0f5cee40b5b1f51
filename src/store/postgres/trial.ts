import { step, type TrialStep } from '../../trial.js';
import { connectionOptions, loadDriver } from './driver.js';
import { postgresError } from './errors.js';
import type { PostgresSettings } from './settings.js';

const PATIENCE = 10_000;

/** Whether one can log in to a database, and may make tables there. Nothing is written. */
export async function tryPostgres(settings: PostgresSettings): Promise<TrialStep[]> {
  const { database } = settings;
  const steps: TrialStep[] = [];
  try {
    const driver = await loadDriver();
    const client = new driver.Client({ ...connectionOptions(driver, { ...settings, timeout: PATIENCE }) });
    // The end of an idle connection must not end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      steps.push(step('login', 'good', { user: settings.user }));
      const { rows } = await client.query<{ version: string; may: boolean }>(
        `SELECT current_setting('server_version') AS version,
                has_schema_privilege(current_schema(), 'CREATE') AS may`,
      );
      const [found] = rows;
      steps.push(step('database', 'good', { database, version: found?.version ?? '?' }));
      steps.push(step('create', found?.may === true ? 'good' : 'bad', { database, user: settings.user }));
    } finally {
      await client.end().catch(() => undefined);
    }
  } catch (thrown) {
    steps.push(
      step('login', 'bad', { user: settings.user, reason: postgresError(thrown, settings).message }),
    );
  }
  return steps;
}
