import assert from 'node:assert/strict';
import { MemoryBroker } from '../../../../src/brokers/memory/memory-broker.js';
import { BUILT_IN_ENVIRONMENTS, GridEnvironment, type SolveFlow } from '../../../../src/grid/index.js';
import { DeviceAgent } from '../../../../nodes/grid-device/device-agent.js';
import { GridExchange } from '../../../../nodes/grid-sim/exchange.js';
import { GridChannels } from '../../../../nodes/messages/grid-channels.js';

const config = BUILT_IN_ENVIRONMENTS['three-microgrids']();
const ACTIONS = { MG1: { 'MG1-ESS1': { pMw: 0.3 }, 'MG1-DG1': { pMw: 0.2, qMvar: 0.05 } } };

describe('distributed grid simulation', () => {
  let broker: MemoryBroker;
  const faults: unknown[] = [];
  const fault = (error: unknown): void => void faults.push(error);

  beforeEach(async () => {
    broker = new MemoryBroker();
    await broker.connect();
    faults.length = 0;
  });

  afterEach(async () => {
    await broker.disconnect();
    assert.deepEqual(faults, []);
  });

  function simulation(env: string, deadline = 1000): GridExchange {
    return new GridExchange(new GridChannels(broker, env, ''), new GridEnvironment(config), deadline, fault);
  }

  async function devices(env: string, agent = ''): Promise<DeviceAgent> {
    const one = new DeviceAgent(
      new GridChannels(broker, env, ''),
      new GridEnvironment(config),
      config,
      agent,
      '',
    );
    await one.start(() => undefined, fault);
    return one;
  }

  it('gives them also where the power flow is solved elsewhere', async () => {
    const whole = new GridEnvironment(config);
    let asked = 0;
    const elsewhere: SolveFlow = (flow, start) => {
      asked += 1;
      flow.solve(start);
      return Promise.resolve({ outcome: flow.outcome, vm: flow.vm.slice(), va: flow.va.slice() });
    };
    const channels = new GridChannels(broker, 'env_0', '');
    const exchange = new GridExchange(channels, new GridEnvironment(config), 1000, fault, elsewhere);
    await devices('env_0');
    for (let step = 0; step < 3; step++) assert.deepEqual(await exchange.step({}), whole.step({}));
    assert.equal(asked, 3);
    await exchange.stop(true);
  });

  it('gives the results of a simulation in one piece, over many steps and a reset', async () => {
    const whole = new GridEnvironment(config);
    const exchange = simulation('env_0');
    await devices('env_0');
    // Small enough to be carried out in full: of a request that is not, only the device itself knows.
    const actions = { MG1: { 'MG1-ESS1': { pMw: 0.02 }, 'MG1-DG1': { pMw: 0.2, qMvar: 0.05 } } };
    for (let step = 0; step < 30; step++) {
      assert.deepEqual(await exchange.step(actions), whole.step(actions));
    }
    exchange.reset();
    whole.reset();
    assert.deepEqual(await exchange.step(actions), whole.step(actions));
  });

  it('sends N x (M + 2) messages a step on the documented channels', async () => {
    const topics: string[] = [];
    await broker.subscribe('#', (delivery) => {
      topics.push(delivery.message.topic);
      delivery.settle('ack');
    });
    const exchange = simulation('env_0');
    await devices('env_0');
    await exchange.step({});
    await new Promise((resolve) => setImmediate(resolve));
    const count = (topic: string): number => topics.filter((one) => one === topic).length;
    assert.deepEqual(
      [count('env_0/actions'), count('env_0/state_updates'), count('env_0/network_state')],
      [3, 12, 3],
    );
    assert.equal(topics.length, 3 * (4 + 2));
  });

  it('keeps environments side by side apart', async () => {
    const [first, second] = [simulation('env_0'), simulation('env_1')];
    await devices('env_0');
    await devices('env_1');
    const [one, other] = await Promise.all([first.step(ACTIONS), second.step({})]);
    const power = ({ devices: states }: typeof one) => states.find(({ id }) => id === 'MG1-ESS1')?.pMw;
    assert.deepEqual([power(one), power(other)], [0.3, 0]);
  });

  it('names devices that are silent at the deadline and ignores what comes late', async () => {
    const exchange = simulation('env_0', 30);
    await devices('env_0', 'MG1');
    const { silent, converged } = await exchange.step(ACTIONS);
    assert.equal(converged, true);
    assert.equal(silent.length, 8);
    assert.ok(silent.every((id) => !id.startsWith('MG1')));
    const channels = new GridChannels(broker, 'env_0', '');
    const state = { agent_id: 'MG2-DG1', P_MW: 0.5, Q_MVAr: 0 };
    const before = exchange.ignored;
    await channels.publish('state-updates', state, {
      sender: 'MG2-DG1',
      recipient: 'environment',
      timestamp: 1,
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(exchange.ignored, before + 1);
  });

  it('says why a report is not usable, and names its device with those that are silent', async () => {
    const tap = { id: 'C', kind: 'shunt' as const, shunt: 'capacitor 848', maxPosition: 4 };
    const environment = new GridEnvironment({ network: 'ieee34', agents: [{ id: 'DSO', devices: [tap] }] });
    const channels = new GridChannels(broker, 'env_0', '');
    const exchange = new GridExchange(channels, environment, 30, fault);
    await channels.subscribe(
      'actions',
      () => {
        const state = { agent_id: 'C', P_MW: 0, Q_MVAr: 0, position: -2 };
        const to = { sender: 'C', recipient: 'environment', timestamp: 1 };
        channels.publish('state-updates', state, to).catch(fault);
      },
      fault,
    );
    const { silent } = await exchange.step({});
    assert.deepEqual(silent, ['C']);
    assert.deepEqual(
      faults.splice(0).map((error) => (error as Error).message),
      [
        'The state that "C" reports for step 1 is not usable: position must be a whole number from 0 to 4, found -2.',
      ],
    );
  });

  it('moves devices once for a step that is delivered twice', async () => {
    const exchange = simulation('env_0');
    await devices('env_0');
    await exchange.step(ACTIONS);
    const channels = new GridChannels(broker, 'env_0', '');
    const again = { MG1: { 'MG1-ESS1': { P_MW: 0.3 } } };
    await channels.publish('actions', again, { sender: 'environment', recipient: 'MG1', timestamp: 1 });
    const { devices: states } = await exchange.step({});
    const soc = states.find(({ id }) => id === 'MG1-ESS1')?.soc;
    assert.ok(Math.abs((soc ?? 0) - (0.5 + (0.3 * 0.98) / 2)) < 1e-12);
  });

  it('starts anew where the simulation is reset after its first step', async () => {
    const exchange = simulation('env_0');
    await devices('env_0');
    await exchange.step(ACTIONS);
    exchange.reset();
    const other = { MG1: { 'MG1-ESS1': { pMw: -0.2 } } };
    const { devices: states } = await exchange.step(other);
    const alone = new GridEnvironment(config).step(other);
    assert.deepEqual(states, alone.devices);
  });

  it('gives the result of a step whose broker went away before the agents were told, and says so', async () => {
    const publish = broker.publish.bind(broker);
    broker.publish = async (message) => {
      if (message.topic.endsWith('network_state')) await broker.disconnect();
      return publish(message);
    };
    const exchange = simulation('env_0');
    await devices('env_0');
    const { step, silent } = await exchange.step(ACTIONS);
    assert.deepEqual([step, silent], [1, []]);
    const told = faults.splice(0).map((error) => (error as Error).message);
    assert.match(told.join(), /^Not all agents were told what came of step 1: /);
  });

  it('does not move while the broker is away', async () => {
    broker = new MemoryBroker();
    const exchange = simulation('env_0');
    await assert.rejects(exchange.step({}), { code: 'BROKER_DISCONNECTED' });
    await broker.connect();
    await devices('env_0');
    const { step, silent } = await exchange.step({});
    assert.deepEqual([step, silent], [1, []]);
  });

  it('refuses an environment name that cannot be part of a topic', () => {
    assert.throws(() => new GridChannels(broker, 'env/+', ''), { code: 'IDENTIFIER_ILLEGAL' });
  });
});
