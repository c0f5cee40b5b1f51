import Ajv2020 from 'ajv/dist/2020.js';
import formats = require('ajv-formats');
import type * as BuiltIn from '../src/contracts/library/built-in.js';
import type * as Contracts from '../src/contracts/contract.js';
import { payloadOf } from '../src/contracts/envelope.js';
import type { EventType } from '../src/contracts/event-type.js';
import { isDigitTime, isTimeText } from '../src/contracts/time/timestamp.js';
import type { InboundMessage, JsonObject } from '../src/event.js';
import { type Bench, PROCESSOR_UNIT, processorRun, type Run, spread } from './harness.js';
import { built } from './built.js';
import { installed } from './report.js';

const ROUNDS = 1_000;
const { contracts } = built<typeof BuiltIn>('src/contracts/library/built-in.js');
const { Contract } = built<typeof Contracts>('src/contracts/contract.js');

/** One event type, with what a flow gives for it and what then travels. */
interface Sample {
  contract: Contracts.Contract;
  type: EventType;
  message: InboundMessage;
  document: JsonObject;
}

const SAMPLES: readonly Sample[] = Object.values(contracts).flatMap((data) => {
  const contract = new Contract(data);
  return contract.types.map((type) => {
    const event = contract.build(type.name, given(type));
    const message = { ...contract.serialise(event), receivedAt: Date.now(), redelivered: false };
    return { contract, type, message, document: event.envelope };
  });
});

function given({ data }: EventType): Parameters<Contracts.Contract['build']>[1] {
  return {
    payload: data.example,
    parameters: data.exampleParameters ?? {},
    members: data.exampleMembers ?? {},
  };
}

/** The checks of one type by the schema compiler alone, with no limits and nothing beside it. */
const bareChecks = new Map<EventType, (document: JsonObject) => boolean>(
  SAMPLES.map(({ type }) => {
    const compiler = new Ajv2020({ strict: false, validateFormats: true });
    formats.default(compiler);
    compiler.addFormat('timestamp', { type: 'string', validate: isTimeText });
    compiler.addFormat('unix-time', { type: 'string', validate: isDigitTime });
    const [envelope, payload] = [compiler.compile(type.envelope.schema), compiler.compile(type.data.payload)];
    return [type, (document) => envelope(document) && payload(payloadOf(type.envelope, document))];
  }),
);

/**
 * Events a second of processor time over all types, each as often as the others; with what the slowest type takes, in
 * microseconds.
 */
function measure(work: (sample: Sample) => unknown): Promise<Run> {
  const took = SAMPLES.map((sample) => {
    for (let round = 0; round < ROUNDS; round += 1) work(sample);
    const begin = process.cpuUsage();
    for (let round = 0; round < ROUNDS; round += 1) work(sample);
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / ROUNDS;
  });
  const { max } = spread(took);
  const cpu = took.reduce((sum, each) => sum + each, 0) / took.length;
  return Promise.resolve({ ...processorRun(cpu), figures: { slowest: max } });
}

const bench: Bench = {
  description: `Events for each second of processor time, read and built, over all ${SAMPLES.length} types of the five contracts, against JSON and the schema compiler alone.`,
  needs: [],
  software: () => [`ajv ${installed('ajv')}`],
  comparisons: () => [
    {
      ...{ id: 'contract/parse', unit: PROCESSOR_UNIT, target: 0.5 },
      ours: {
        name: 'contract.parse: topic, limits, keys, numbers, schemas, times',
        run: () => measure(({ contract, message }) => contract.parse(message)),
      },
      peer: {
        name: 'JSON.parse and ajv',
        run: () =>
          measure(({ type, message }) =>
            bareChecks.get(type)!(JSON.parse(Buffer.from(message.body).toString()) as JsonObject),
          ),
      },
    },
    {
      ...{ id: 'contract/build', unit: PROCESSOR_UNIT, target: 0.5 },
      ours: {
        name: 'contract.build and serialise: envelope, topic, schemas, bytes',
        run: () =>
          measure(({ contract, type }) => contract.serialise(contract.build(type.name, given(type)))),
      },
      peer: {
        name: 'ajv and JSON.stringify of the finished document',
        run: () =>
          measure(({ type, document }) => {
            bareChecks.get(type)!(document);
            return Buffer.from(JSON.stringify(type.bodyOf(document)));
          }),
      },
    },
  ],
};

export default bench;
