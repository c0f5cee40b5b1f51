import {
  assertFilter,
  assertTopic,
  filterMatches,
  filtersOverlap,
} from '../../../src/brokers/topic-filter.js';
import { fromCloudEvent, unwrapCloudEvent } from '../../../src/contracts/cloudevents/cloudevents.js';
import { jsonText } from '../../../src/contracts/json/json-text.js';
import { toJson } from '../../../src/contracts/json/json-value.js';
import { parseJsonBody } from '../../../src/contracts/json/json-body.js';
import { readFailure } from '../../../src/delivery/letters/headers/dialects.js';
import { trustedLetter } from '../../../src/delivery/letters/trusted-letter.js';
import type { Headers, HeaderValue, Json } from '../../../src/event.js';
import type { Chance } from '../generator.js';
import { pure, refusable } from '../target.js';
import { everyContract, goodMessages, inbound } from './examples.js';

const contracts = everyContract();
const good = contracts.flatMap((contract) =>
  goodMessages(contract).map((message) => ({ contract, message })),
);

/** A good body with something wrong in it: as a document, as a text, or as bytes. */
function spoiled(chance: Chance, body: Uint8Array): Buffer {
  const kind = chance.int(0, 3);
  if (kind === 0) return chance.changedBytes(body);
  const text = Buffer.from(body).toString();
  if (kind === 1) return Buffer.from(chance.changedText(text));
  if (kind === 2) return Buffer.from(jsonText(chance.changed(JSON.parse(text) as Json)));
  return Buffer.from(chance.is(0.02) ? '['.repeat(chance.size(1_000_000)) : JSON.stringify(chance.json()));
}

export const bodies = pure('bodies', 'a device: bodies of events of every contract', async (chance) => {
  const { contract, message } = chance.pick(good);
  const sent = inbound({ ...message, body: spoiled(chance, message.body) });
  await refusable(() => contract.parse(sent));
  await refusable(() => unwrapCloudEvent({ ...sent, contentType: 'application/cloudevents+json' }));
  await refusable(() => parseJsonBody(sent.body));
  await refusable(() => toJson(chance.json()));
});

export const topics = pure(
  'topics',
  'a device: topics, filters, identifiers that become topics',
  async (chance) => {
    const { contract, message } = chance.pick(good);
    const topic = chance.is(0.5) ? chance.changedText(message.topic) : chance.text(300);
    const filter = chance.is(0.5) ? topic.replace(/[^/]+/, () => chance.pick(['+', '#'])) : chance.text(300);
    await refusable(() => assertTopic(topic));
    await refusable(() => assertFilter(filter));
    filterMatches(filter, topic);
    filtersOverlap(filter, topic);
    await refusable(() => contract.parse(inbound({ ...message, topic })));
    await refusable(() => contract.deadLetterTopic(topic));
    const type = chance.pick(contract.types);
    const parameters = Object.fromEntries(type.topic.parameters.map(({ name }) => [name, chance.text(300)]));
    await refusable(() => {
      const event = contract.build(type.name, { payload: type.data.example ?? {}, parameters });
      // What was built is a topic, and none that reaches further than its template.
      assertTopic(event.topic);
      if (
        event.topic.split('/').length >
        type.data.topic.split('/').length + contract.prefix.split('/').length
      )
        throw new Error(
          `The parameters ${JSON.stringify(parameters)} made levels of their own: ${event.topic}`,
        );
    });
  },
);

const NAMES = [
  ...['gridwire-original-topic', 'gridwire-failure-code', 'gridwire-original-offset', 'gridwire-attempts'],
  ...['kafka_dlt-original-topic', 'kafka_dlt-original-offset', 'kafka_dlt-exception-message'],
  ...['kafka_dlt-original-partition', 'kafka_dlt-original-timestamp', 'kafka_original-topic'],
  ...['__connect.errors.topic', '__connect.errors.offset', '__connect.errors.exception.class.name'],
  ...[
    'ce_specversion',
    'ce_id',
    'ce_source',
    'ce_type',
    'ce_time',
    'content-type',
    'specversion',
    'id',
    'type',
  ],
  ...['__proto__', 'constructor', 'hasOwnProperty'],
];

export function hostileHeaders(chance: Chance): Headers {
  const value = (): HeaderValue =>
    chance.is(0.1) ? null : chance.is(0.4) ? chance.bytes(20) : chance.pick([chance.text(100), '1.0', '7']);
  return Object.fromEntries(
    Array.from({ length: chance.size(20) }, (): [string, HeaderValue | HeaderValue[]] => [
      chance.is(0.8) ? chance.pick(NAMES) : chance.text(30),
      chance.is(0.1) ? [value(), value()] : value(),
    ]),
  );
}

export const headers = pure(
  'headers',
  'a device: headers, those of dead letters and CloudEvents',
  async (chance) => {
    const { contract, message } = chance.pick(good);
    const topic = chance.pick([message.topic, 'tracker/dlq/a', 'device-telemetry-dlt', chance.text()]);
    const sent = inbound({ ...message, topic, headers: hostileHeaders(chance) });
    await refusable(() => readFailure(sent.headers));
    await refusable(() => trustedLetter(sent, contract));
    await refusable(() => fromCloudEvent({ ...sent, contentType: chance.text() }));
    await refusable(() => contract.parse(unwrapCloudEvent(sent)));
  },
);
