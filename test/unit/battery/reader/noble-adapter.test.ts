import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AdapterState } from '../../../../src/battery/reader/adapter.js';
import { NobleAdapter } from '../../../../src/battery/reader/noble-adapter.js';
import { hasLinuxAdapter, nobleProblem } from '../../../../src/battery/reader/noble-state.js';
import type { GridwireError } from '../../../../src/errors.js';

describe('NobleAdapter', () => {
  it('says how to install the optional package when it is missing', async () => {
    // A serial port is set so that a machine without an adapter gets as far as loading the package.
    const serialPort = { path: '/dev/null', baudRate: 115_200 };
    const adapter = new NobleAdapter({ serialPort }, () => Promise.reject(new Error('Cannot find module')));
    const told = once(adapter, 'state') as Promise<[AdapterState, GridwireError]>;
    await adapter.open();
    const [state, problem] = await told;
    assert.equal(state, 'unavailable');
    assert.equal(problem.code, 'BLUETOOTH_NOT_INSTALLED');
    assert.match(problem.message, /npm install @stoprocent\/noble/);
    await adapter.close();
  });

  it('says that there is no adapter, and lives', async function () {
    if (process.platform !== 'linux' || hasLinuxAdapter()) {
      console.log('      skipped: it needs a Linux machine without a Bluetooth adapter');
      this.skip();
    }
    const adapter = new NobleAdapter();
    const told = once(adapter, 'state') as Promise<[AdapterState, GridwireError]>;
    await adapter.open();
    const [state, problem] = await told;
    assert.equal(state, 'unavailable');
    assert.equal(problem.code, 'BLUETOOTH_UNAVAILABLE');
    await adapter.close();
  });

  it('names the command for a missing permission', () => {
    const problem = nobleProblem('unauthorized');
    assert.equal(problem.code, 'BLUETOOTH_FORBIDDEN');
    assert.match(problem.message, /setcap cap_net_raw\+eip/);
  });
});
