import mqtt from 'mqtt';
import { mqttBroker } from '../../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../../support/mosquitto.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { until } from '../../support/wait.js';
import { common } from './flows.js';
import { MOSQUITTO } from './kill-run.js';
import { storedRows } from './stored-rows.js';

const BAD = 500;
const GOOD = 200;
const WINDOW = 20;
/** Nothing listens there: what is to go there fails, and is tried again for ever. */
const AWAY = 9;

/** Good ones come out on `good`; bad ones are for a broker that is away, whose outbox has room for one. */
function flow(port: number): FlowNode[] {
  const place = { z: 'tab', x: 1, y: 1 };
  const publish = { type: 'gridwire-publish', contract: '', topic: '', qos: '1', wires: [[]] };
  const rules = [{ t: 'eq', v: 'bad', vt: 'str' }, { t: 'else' }];
  return [
    ...common(port, 'bad-ones', { version: 5 }),
    mqttBroker('away', AWAY),
    {
      ...{ ...place, id: 'in', type: 'gridwire-subscribe', broker: 'broker', contract: '', filter: 'in' },
      ...{ qos: '1', window: String(WINDOW), store: 'store', wires: [['name'], []] },
    },
    {
      ...{ ...place, id: 'name', type: 'function', outputs: 1, wires: [['sort']] },
      func: 'msg.topic = msg.payload.kind; return msg;',
    },
    {
      ...{ ...place, id: 'sort', type: 'switch', property: 'topic', propertyType: 'msg', rules, outputs: 2 },
      wires: [['bad'], ['good']],
    },
    { ...place, ...publish, id: 'bad', broker: 'away', outboxCount: '1' },
    { ...place, ...publish, id: 'good', broker: 'broker' },
  ];
}

describe('events that fail do not hold up the others', function () {
  this.timeout(270_000);
  let mosquitto: CrashableMosquitto;

  before(async function () {
    mosquitto = await startMosquitto(this, { config: MOSQUITTO });
  });
  after(() => mosquitto.stop());

  it(`lets ${GOOD} good ones through behind ${BAD} bad ones, with a window of ${WINDOW}`, async () => {
    const client = await mqtt.connectAsync({ host: '127.0.0.1', port: mosquitto.port });
    const good = new Set<number>();
    client.on('message', (_topic, body) => good.add((JSON.parse(body.toString()) as { n: number }).n));
    await client.subscribeAsync('good', { qos: 1 });
    const nodeRed = await NodeRedProcess.start({ flows: flow(mosquitto.port) });
    try {
      await nodeRed.waitForLine(/gridwire-broker:broker\] Connected/);
      const send = (kind: string, n: number) =>
        client.publishAsync('in', JSON.stringify({ kind, n }), { qos: 1 });
      // What is sent before the subscription stands has no receiver; a retained one comes when it does.
      const first = JSON.stringify({ kind: 'good', n: -1 });
      await client.publishAsync('in', first, { qos: 1, retain: true });
      await until('the subscription stands', () => good.has(-1), 40_000);
      for (let n = 0; n < BAD; n += 1) await send('bad', n);
      for (let n = 0; n < GOOD; n += 1) await send('good', n);
      // Long before the event that waits in the outbox is given up by the settlement timeout.
      await until('all good ones are through', () => [...good].filter((n) => n >= 0).length === GOOD, 40_000);
      // So is the one that has its place in the outbox of the broker that is away.
      const kept = () => storedRows(nodeRed.userDir, 'gridwire_parked') === BAD;
      await until('the bad ones are kept', kept, 40_000);
    } finally {
      await nodeRed.stop();
      await client.endAsync();
    }
  });
});
