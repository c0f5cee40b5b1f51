import { type GridwireError, toGridwireError } from '../../errors.js';
import { step, type TrialStep } from '../../trial.js';
import type { Broker } from '../broker.js';
import type { Finding } from '../broker-check.js';

/** A message that says of itself what it is, for whoever receives it. */
const BODY = Buffer.from('{"gridwire":"connection test"}');

/**
 * Connects once, and asks what the broker promises.
 * @param broker is disconnected in the end
 */
export async function tryLogin(broker: Broker): Promise<{ steps: TrialStep[]; findings: Finding[] }> {
  let reason: GridwireError | undefined;
  broker.on('state', (_state, error) => (reason = error ?? reason));
  broker.on('problem', () => undefined);
  try {
    await broker.connect();
    if (!broker.isConnected())
      return { steps: [step('login', 'bad', { reason: reason?.message ?? '' })], findings: [] };
    const findings = await broker.check();
    // That there is a connection stands in the step.
    return {
      steps: [step('login', 'good')],
      findings: findings.filter(({ subject }) => subject !== 'connection'),
    };
  } finally {
    await broker.disconnect();
  }
}

/**
 * Whether one may subscribe to a topic and publish to it. What is published says that it is a test.
 * @param broker keeps no session; it is disconnected in the end
 * @param rights.tells whether the broker says to whom it does not allow to publish
 * @param rights.identity names the subscriber
 */
export async function tryRights(
  broker: Broker,
  topic: string,
  { publish, tells, identity }: { publish: boolean; tells: boolean; identity: string },
): Promise<TrialStep[]> {
  broker.on('problem', () => undefined);
  const tried = async (subject: 'subscribe' | 'publish', act: () => Promise<unknown>): Promise<TrialStep> => {
    try {
      await act();
      return step(subject, subject === 'publish' && !tells ? 'unknown' : 'good', { topic });
    } catch (thrown) {
      return step(subject, 'bad', { topic, reason: toGridwireError(thrown).message });
    }
  };
  try {
    await broker.connect();
    const steps = [
      await tried('subscribe', () =>
        broker.subscribe(topic, (delivery) => delivery.settle('ack'), { retained: false, identity }),
      ),
    ];
    if (!publish) return steps;
    const message = { topic, body: BODY, qos: 1, retain: false, headers: {} } as const;
    return [...steps, await tried('publish', () => broker.publish(message))];
  } finally {
    await broker.disconnect();
  }
}
