import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { decodeAdvertisement } from '../../../../src/battery/frames/advertisement.js';
import { encrypt } from '../../../../src/battery/frames/cipher.js';
import { decodeMeasurement, detectFamily } from '../../../../src/battery/frames/detect.js';
import { FAMILY_NAMES } from '../../../../src/battery/frames/family.js';
import { HistoryPage } from '../../../../src/battery/frames/history-page.js';
import type { Measurement } from '../../../../src/battery/frames/measurement.js';

const FRAMES = 1_000_000;
const ADDRESS = '50:54:7B:22:2F:20';

/** The same bytes on every run, so that a failure can be repeated. */
function pseudoRandomBytes(length: number): Buffer {
  const cipher = createCipheriv('aes-128-ctr', 'gridwire fuzzing', Buffer.alloc(16));
  return cipher.update(Buffer.alloc(length));
}

function assertPossible(measurement: Measurement | undefined): number {
  if (measurement === undefined) return 0;
  const { voltage, stateOfCharge, temperature = 0 } = measurement;
  // One comparison for the usual case: a million assertions would cost more than the decoding.
  if (voltage >= 6 && voltage <= 20 && stateOfCharge >= 0 && stateOfCharge <= 100) {
    if (temperature >= -40 && temperature <= 85) return 1;
  }
  assert.fail(`impossible reading ${JSON.stringify(measurement)}`);
}

describe('a million broken frames', function () {
  this.timeout(60_000);

  it('random bytes of every length yield no exception and no reading', () => {
    const bytes = pseudoRandomBytes(FRAMES + 64);
    let readings = 0;
    for (let index = 0; index < FRAMES / 2; index += 1) {
      const length = index % 8 === 0 ? index % 49 : 16;
      const frame = bytes.subarray(index, index + length);
      const family = detectFamily(frame);
      if (family) readings += assertPossible(decodeMeasurement(family, frame));
      if (index % 16 === 0 && decodeAdvertisement(frame, ADDRESS)) assert.fail('an advertisement');
    }
    assert.equal(readings, 0, 'random bytes were taken for a reading');
  });

  it('mutated plaintext yields no exception and only possible readings', () => {
    const random = pseudoRandomBytes(FRAMES * 2);
    const templates = FAMILY_NAMES.map((family) =>
      Buffer.from(family === 'BM2' ? 'f550816400fa' : 'd155070017010004ab00000000020000', 'hex'),
    );
    let readings = 0;
    for (let index = 0; index < FRAMES / 2; index += 1) {
      const which = index % FAMILY_NAMES.length;
      const family = FAMILY_NAMES[which]!;
      const plaintext = new Uint8Array(16);
      plaintext.set(templates[which]!);
      plaintext[random[index * 4]! & 15] = random[index * 4 + 1]!;
      plaintext[random[index * 4 + 2]! & 15] = random[index * 4 + 3]!;
      readings += assertPossible(decodeMeasurement(family, encrypt(family, plaintext)));
    }
    assert.ok(readings > 1000, 'the mutations reach the decoder');
  });

  it('a history page swallows anything', () => {
    const bytes = pseudoRandomBytes(200_000);
    for (const family of FAMILY_NAMES) {
      let page = new HistoryPage(family);
      for (let index = 0; index < 20_000; index += 1) {
        page.add(bytes.subarray(index * 8, index * 8 + (index % 12) * 16));
        if (page.state !== 'open') {
          page.records();
          page = new HistoryPage(family);
        }
      }
    }
  });
});
