import assert from 'node:assert/strict';
import { encrypt } from '../../../../src/battery/frames/cipher.js';
import { decodeFrame, decodeMeasurement, detectFamily } from '../../../../src/battery/frames/detect.js';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** Published ciphertext: KrystianD/bm2-battery-monitor and the tarball.ca BM6 article. */
const BM2_CAPTURE = hex('3627d57495cb945e11d392c800a28bfa');
const BM6_CAPTURE = hex('5a7a41c3a57ca1fa9247f76557c5d618');
/** Ciphertext computed from a plaintext observed on a BM7 (marcomc/BMGateway); no real one is published. */
const BM7_OBSERVED = hex('1c829ba4d766aa9e8443f622854143ce');

describe('decodeMeasurement', () => {
  it('reads the published BM2 capture', () => {
    assert.deepEqual(decodeMeasurement('BM2', BM2_CAPTURE), {
      voltage: 12.88,
      stateOfCharge: 100,
      unconfirmed: { status_nibble: 1, counter: 250, second_counter: 0 },
    });
  });

  it('reads the published BM6 capture', () => {
    assert.deepEqual(decodeMeasurement('BM6', BM6_CAPTURE), {
      voltage: 11.95,
      stateOfCharge: 0,
      temperature: 23,
      unconfirmed: { state_code: 1, rapid_acceleration: 0, rapid_deceleration: 0, tail: '020000' },
    });
  });

  it('reads a frame at 0 degrees, which other parsers take for padding', () => {
    const frame = encrypt('BM6', hex('d1550700000064055600000000020000'));
    const measurement = decodeMeasurement('BM6', frame);
    assert.equal(measurement?.temperature, 0);
    assert.equal(measurement.voltage, 13.66);
  });

  it('does not take the acknowledgement for 0.00 V', () => {
    const acknowledgement = encrypt('BM6', hex('d15507ff'));
    assert.equal(decodeFrame('BM6', acknowledgement)?.kind, 'acknowledgement');
    assert.equal(decodeMeasurement('BM6', acknowledgement), undefined);
  });

  it('gives no reading for a voltage, charge or sign no device can have', () => {
    for (const plaintext of [
      'd1550700140064100000000000020000',
      'd1550700140065055600000000020000',
      'd1550702140064055600000000020000',
    ]) {
      assert.equal(decodeMeasurement('BM6', encrypt('BM6', hex(plaintext))), undefined, plaintext);
    }
  });

  it('gives no reading when the family is wrong or the length is not one block', () => {
    assert.equal(decodeMeasurement('BM2', BM6_CAPTURE), undefined);
    assert.equal(decodeMeasurement('BM7', BM6_CAPTURE), undefined);
    assert.equal(decodeMeasurement('BM6', BM2_CAPTURE), undefined);
    assert.equal(decodeMeasurement('BM6', BM6_CAPTURE.subarray(0, 15)), undefined);
    assert.equal(decodeMeasurement('BM6', new Uint8Array(0)), undefined);
    assert.equal(decodeMeasurement('BM6', Buffer.concat([BM6_CAPTURE, BM6_CAPTURE])), undefined);
  });
});

describe('detectFamily', () => {
  it('tells the three families apart by their keys', () => {
    assert.equal(detectFamily(BM2_CAPTURE), 'BM2');
    assert.equal(detectFamily(BM6_CAPTURE), 'BM6');
    assert.equal(detectFamily(BM7_OBSERVED), 'BM7');
  });

  it('does not take a block that decrypts to a chance F5 for a BM2', () => {
    const chance = encrypt('BM2', hex('f5508164a1b2c3d4e5f6a7b8c9d0e1f2'));
    assert.equal(detectFamily(chance), undefined);
    assert.equal(decodeFrame('BM2', chance), undefined);
  });
});
