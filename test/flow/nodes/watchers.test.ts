import assert from 'node:assert/strict';
import { useFlows } from '../../support/flow-helper.js';
import { mqttBroker } from '../../support/flows.js';
import { ScriptedMqttServer } from '../../support/scripted-mqtt-server.js';
import { until } from '../../support/wait.js';
import { alarmBoardOf } from '../../../nodes/runtime/alarm-board.js';
import { statusBoardOf, type Trouble } from '../../../nodes/runtime/status-board.js';

/** What the node shows, and what its panel would. */
interface Shown {
  texts: string[];
  troubles: () => Trouble[];
}

describe('the statuses of health and alarm, by the one rule', function () {
  this.timeout(30_000);
  const flows = useFlows();
  let server: ScriptedMqttServer | undefined;

  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  const watch = (id: string): Shown => {
    const node = flows.node(id);
    const texts: string[] = [];
    node.status = (status) => void texts.push(typeof status === 'string' ? status : (status.text ?? ''));
    return { texts, troubles: () => statusBoardOf(flows.runtime()).of(id)?.troubles ?? [] };
  };

  it('health sees its broker go between two checks, and takes back what the last one found', async () => {
    server = new ScriptedMqttServer(4);
    await server.start();
    await flows.load([
      mqttBroker('broker', server.port),
      { id: 'health', type: 'gridwire-health', broker: 'broker', interval: '0', wires: [[]] },
    ]);
    const { texts, troubles } = watch('health');
    await until('it is connected', () => /\bconnected$/.test(texts.at(-1) ?? ''), 10_000);
    flows.node('health').receive({ payload: 'how?' });
    await until('something is found', () => /\bhealthy|degraded/.test(texts.at(-1) ?? ''), 10_000);
    await server.stop();
    server = undefined;
    await until('it says so', () => /disconnected|connecting/.test(texts.at(-1) ?? ''), 10_000);
    flows.node('health').receive({ payload: 'how?' });
    await until('that is found', () => /unhealthy/.test(texts.at(-1) ?? ''), 20_000);
    assert.match(troubles()[0]?.sentence ?? '', /\w+ \w+ \w+/, 'the whole sentence is kept');
  });

  it('alarm shows the worst of its alarms, each with its sentence, until it is known of', async () => {
    await flows.load([
      { id: 'broker', type: 'gridwire-broker', transport: 'memory' },
      {
        ...{ id: 'publish', type: 'gridwire-publish', name: 'the way out', broker: 'broker' },
        ...{ contract: 'ecogrid-ems', eventType: 'telemetry', wires: [[]] },
      },
      { id: 'alarm', type: 'gridwire-alarm', delay: '0', hold: '60', wires: [[]] },
    ]);
    const { texts, troubles } = watch('alarm');
    const mine = () => troubles().find(({ text }) => text.includes('alarm-'));
    flows.node('publish').receive({ payload: { powerKw: 'much' } });
    await until('it is shown', () => texts.some((text) => /alarm-(warning|critical)$/.test(text)), 10_000);
    assert.match(mine()?.sentence ?? '', /\w+ \w+ \w+/);
    const { active } = alarmBoardOf(flows.runtime()).all.get('alarm')!;
    for (const { key } of active) flows.node('alarm').receive({ acknowledge: key });
    await until('somebody is said to know', () => /alarm-(warning|critical)-known$/.test(texts.at(-1) ?? ''));
  });
});
