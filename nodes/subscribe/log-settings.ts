import type { Broker, StartAt, SubscribeOptions } from '../../src/brokers/broker.js';
import { parseOffsets } from '../../src/brokers/kafka/inbound/start-offsets.js';
import { parseTime } from '../../src/contracts/time/timestamp.js';
import type { Settings } from '../runtime/settings.js';

type LogOptions = Pick<SubscribeOptions, 'group' | 'from' | 'partitionWindow'>;

/**
 * How a broker that keeps a log is read (fields `group`, `startAt`, `startTime`, `startOffsets`, `partitionWindow`);
 * nothing for other brokers, whose panels do not show these fields.
 */
export function logSettings(settings: Settings, broker: Broker | undefined): LogOptions {
  if (broker?.capabilities.log !== true) return {};
  const group = settings.text('group');
  const partitionWindow = settings.integer('partitionWindow', { minimum: 1, maximum: 65_535, otherwise: 0 });
  const from = startAt(settings);
  return {
    ...(group === '' ? {} : { group }),
    ...(from === undefined ? {} : { from }),
    ...(partitionWindow === 0 ? {} : { partitionWindow }),
  };
}

function startAt(settings: Settings): StartAt | undefined {
  const choice = settings.choice('startAt', ['latest', 'earliest', 'timestamp', 'offsets'], 'latest');
  if (choice === 'timestamp') {
    const written = settings.required('startTime', 'The time to start from');
    if (written === '') return undefined;
    const time = /^\d+$/.test(written) ? Number(written) : written;
    const timestamp = settings.check('startTime', () => parseTime(time, 'UTC'));
    return timestamp === undefined ? undefined : { timestamp };
  }
  if (choice === 'offsets') {
    const written = settings.required('startOffsets', 'The offset to start from');
    const offsets = written === '' ? undefined : settings.check('startOffsets', () => parseOffsets(written));
    return offsets === undefined ? undefined : { offsets };
  }
  return choice;
}
