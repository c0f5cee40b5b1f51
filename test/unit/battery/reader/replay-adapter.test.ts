import assert from 'node:assert/strict';
import { once } from 'node:events';
import { GridwireError } from '../../../../src/errors.js';
import { parseCapture } from '../../../../src/battery/reader/capture.js';
import { discover } from '../../../../src/battery/reader/discovery.js';
import { BluetoothHub } from '../../../../src/battery/reader/hub.js';
import { BatteryReader } from '../../../../src/battery/reader/reader.js';
import { ReplayAdapter } from '../../../../src/battery/reader/replay-adapter.js';
import type { BatteryDiscovery, BatteryReading } from '../../../../src/battery/reader/reading.js';

/** Real captures: the BM6 of the tarball.ca article, and the advertisement of OpenMQTTGateway issue 1792. */
const CAPTURE = JSON.stringify({
  devices: [
    {
      address: '38:3b:26:b5:30:ab',
      name: 'BM6',
      rssi: -71,
      manufacturer_data: 'ee6e22884c11f151c1760465b2fe9003',
      notifications: [{ after_ms: 0, hex: '5a7a41c3a57ca1fa9247f76557c5d618' }],
    },
  ],
});

describe('ReplayAdapter', () => {
  let hub: BluetoothHub;

  beforeEach(async () => {
    hub = new BluetoothHub(new ReplayAdapter(parseCapture(CAPTURE)));
    await hub.open();
  });

  afterEach(() => hub.close());

  it('plays a captured link back', async () => {
    const reader = new BatteryReader(hub, { devices: [{ address: '38:3B:26:B5:30:AB' }], use: 'hold' });
    reader.start();
    const [reading] = (await once(reader, 'reading')) as [BatteryReading];
    await reader.stop();
    assert.equal(reading.device_type, 'BM6');
    assert.equal(reading.voltage, 11.95);
    assert.equal(reading.temperature, 23);
  });

  it('lets a captured advertisement be discovered, once', async () => {
    const found = await new Promise<BatteryDiscovery>((resolve) => {
      const end = discover(hub, (discovery) => {
        end();
        resolve(discovery);
      });
    });
    assert.equal(found.device_id, '38:3B:26:B5:30:AB');
    assert.equal(found.device_type, 'BM6');
    assert.equal(found.rssi, -71);
    assert.equal(found.advertisement_data.voltage, 12.53);
    assert.equal(found.advertisement_data.state_of_charge, 85);
  });
});

describe('parseCapture', () => {
  for (const [what, text, place] of [
    ['text that is no JSON', '{', /not JSON/],
    ['a missing list', '{}', /devices is not a list/],
    [
      'hex that is none',
      '{"devices":[{"address":"38:3B:26:B5:30:AB","manufacturer_data":"xy"}]}',
      /devices\[0\]/,
    ],
    ['null for a device', '{"devices":[null]}', /not a Bluetooth address/],
    [
      'a time that is none',
      '{"devices":[{"address":"38:3B:26:B5:30:AB","notifications":[{"after_ms":-1,"hex":"00"}]}]}',
      /notifications\[0\]\.after_ms/,
    ],
  ] as const) {
    it(`refuses ${what} and names the place`, () => {
      assert.throws(
        () => parseCapture(text),
        (error: GridwireError) => error instanceof GridwireError && place.test(error.message),
      );
    });
  }
});
