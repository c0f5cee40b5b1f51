import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { BM6_REQUESTS } from '../../../../src/battery/frames/bm6.js';
import { decodeAdvertisement } from '../../../../src/battery/frames/advertisement.js';
import { decrypt, encrypt } from '../../../../src/battery/frames/cipher.js';
import { decodeFrame, detectFamily } from '../../../../src/battery/frames/detect.js';
import { FAMILIES, type Family } from '../../../../src/battery/frames/family.js';
import { decodeRecord, HISTORY_REQUESTS, historyPart } from '../../../../src/battery/frames/history.js';

/** The collected captures; each says whether it is real. They are not part of the project. */
const FILE = path.resolve(__dirname, '../../../../../shared/data/ble/vectors.json');

interface Vector {
  id: string;
  family: Family;
  direction: string;
  ciphertext?: string;
  plaintext?: string;
  manufacturer_data?: string;
  decoded: Record<string, unknown> & { kind?: string };
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

describe('every collected vector', function () {
  if (!existsSync(FILE)) {
    it('is skipped: ../shared/data/ble/vectors.json is absent', function () {
      this.skip();
    });
    return;
  }
  const { keys_hex, vectors, negative } = JSON.parse(readFileSync(FILE, 'utf8')) as {
    keys_hex: Record<Family, string>;
    vectors: Vector[];
    negative: { id: string; ciphertext: string; key_family?: Family }[];
  };

  it('uses the keys of the families', () => {
    for (const [family, key] of Object.entries(keys_hex)) {
      assert.equal(Buffer.from(FAMILIES[family as Family].key).toString('hex'), key);
    }
  });

  for (const vector of vectors) it(`${vector.id} decodes as stated`, () => check(vector));

  for (const { id, ciphertext, key_family } of negative) {
    it(`${id} is refused`, () => {
      for (const family of key_family ? [key_family] : (['BM2', 'BM6', 'BM7'] as const)) {
        assert.equal(decodeFrame(family, hex(ciphertext)), undefined);
      }
    });
  }
});

function check(vector: Vector): void {
  if (vector.manufacturer_data !== undefined) {
    checkBeacon(vector, hex(vector.manufacturer_data));
    return;
  }
  const plaintext = hex(vector.plaintext ?? '');
  if (vector.ciphertext === undefined) {
    assert.equal(vector.direction, 'record');
    checkRecord(vector.family, vector.decoded, plaintext);
    return;
  }
  const ciphertext = hex(vector.ciphertext);
  assert.deepEqual(hex(Buffer.from(decrypt(vector.family, ciphertext) ?? []).toString('hex')), plaintext);
  if (vector.direction.startsWith('write')) {
    checkRequest(vector, ciphertext);
    return;
  }
  if (vector.direction.startsWith('advertisement')) {
    checkAdvertisement(vector, ciphertext);
    return;
  }
  if (vector.decoded.kind?.startsWith('history')) {
    checkHistory(vector, plaintext);
    return;
  }
  checkFrame(vector, ciphertext);
}

function checkFrame({ family, decoded }: Vector, ciphertext: Uint8Array): void {
  const frame = decodeFrame(family, ciphertext);
  if (decoded.kind === 'ack') {
    assert.deepEqual(frame, { kind: 'acknowledgement', command: 7 });
    return;
  }
  if (decoded.kind === 'version') {
    assert.deepEqual(frame, { kind: 'version', raw: decoded['raw_hex'] });
    return;
  }
  assert.equal(frame?.kind, 'live');
  const { measurement } = frame;
  assert.equal(measurement.voltage, decoded['voltage_v']);
  assert.equal(measurement.stateOfCharge, decoded['soc_percent']);
  assert.equal(measurement.temperature, decoded['temperature_c']);
  if (family === 'BM2') {
    assert.equal(measurement.unconfirmed['status_nibble'], decoded['status_nibble']);
    assert.equal(measurement.unconfirmed['counter'], decoded['counter_u16be']);
  } else {
    assert.equal('state' in frame && frame.state, decoded['state']);
    assert.equal(measurement.unconfirmed['state_code'], decoded['state_code']);
    assert.equal(measurement.unconfirmed['rapid_acceleration'], decoded['rapid_acceleration_raw']);
    assert.equal(measurement.unconfirmed['rapid_deceleration'], decoded['rapid_deceleration_raw']);
  }
  const possible = measurement.voltage <= 20;
  assert.equal(detectFamily(ciphertext), possible ? family : undefined);
}

function checkRequest({ family, decoded }: Vector, ciphertext: Uint8Array): void {
  const requests: Record<string, Uint8Array> = {
    request_realtime: BM6_REQUESTS.live,
    request_version: BM6_REQUESTS.version,
    request_history_header_index_0_8000: HISTORY_REQUESTS.bm6Range(0, 8000),
    request_history_page_1_byte7_form: HISTORY_REQUESTS.bm6Range(0, 256),
    request_history_byte6_selector_1: HISTORY_REQUESTS.bm6Range(0, 0x010000),
    request_history_count: HISTORY_REQUESTS.bm2Size,
    request_history_download_0x1234: HISTORY_REQUESTS.bm2Download(0x1234),
  };
  const request = requests[decoded.kind ?? ''];
  assert.ok(request, `no request for ${decoded.kind}`);
  assert.deepEqual(Buffer.from(encrypt(family, request)), Buffer.from(ciphertext));
}

function checkBeacon({ family, decoded }: Vector, data: Uint8Array): void {
  const state = decodeAdvertisement(data, '00:00:00:00:00:00');
  assert.deepEqual(state, { kind: 'ibeacon', family, stateOfCharge: decoded['soc_percent'] });
}

function checkAdvertisement({ family, decoded }: Vector, data: Uint8Array): void {
  const state = decodeAdvertisement(data, String(decoded['mac']));
  assert.equal(state?.kind, 'encrypted');
  assert.equal(state.family, family);
  assert.equal(state.voltage, decoded['voltage_v']);
  assert.equal(state.stateOfCharge, decoded['soc_percent']);
  assert.equal(decodeAdvertisement(data, '50:54:7B:00:00:01'), undefined, 'another device named');
}

function checkHistory({ family, decoded }: Vector, plaintext: Uint8Array): void {
  const part = historyPart(plaintext);
  if (decoded.kind === 'history_end') {
    assert.deepEqual(part, { kind: 'end', count: decoded['record_count'] });
  } else if (decoded.kind === 'history_empty') {
    assert.equal(part.kind, 'other');
  } else {
    assert.equal(part.kind, 'records');
    const records = decoded['records'] as Record<string, unknown>[];
    records.forEach((record, index) =>
      checkRecord(family, record, part.bytes.subarray(index * 4, index * 4 + 4)),
    );
  }
}

function checkRecord(family: Family, decoded: Record<string, unknown>, bytes: Uint8Array): void {
  const record = decodeRecord(family, bytes);
  assert.equal(record.voltage, decoded['voltage_v']);
  assert.equal(record.stateOfCharge, decoded['soc_percent']);
  assert.equal(record.temperature, decoded['temperature_c']);
  assert.equal(record.flags, decoded['flags']);
  assert.equal(record.minimumCrankingVoltage, decoded['min_crank_voltage_v']);
  assert.equal(record.type, decoded['type']);
}
