import assert from 'node:assert/strict';
import { encrypt } from '../../../../src/battery/frames/cipher.js';
import type { Family } from '../../../../src/battery/frames/family.js';
import { HistoryPage } from '../../../../src/battery/frames/history-page.js';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** Two records read off a BM6 by antonkostryukov and BMGateway: 13.26 V 100 % 24 C and 13.23 V 83 % 23 C. */
const RECORDS = '52e6418052b53170';

function page(family: Family, notifications: string[]): HistoryPage {
  const collected = new HistoryPage(family);
  for (const plaintext of notifications) collected.add(encrypt(family, hex(plaintext)));
  return collected;
}

const terminator = (count: number): string => `fffefe${(count * 4 + 9).toString(16).padStart(6, '0')}`;

describe('HistoryPage', () => {
  it('decrypts long notifications block by block and drops the padding of the last', () => {
    const collected = page('BM6', ['d15505000a00', RECORDS.repeat(20), RECORDS, terminator(42)]);
    assert.equal(collected.state, 'complete');
    const records = collected.records();
    assert.equal(records.length, 42);
    assert.deepEqual(records[0], { voltage: 13.26, stateOfCharge: 100, temperature: 24, flags: 0 });
    assert.deepEqual(records[41], { voltage: 13.23, stateOfCharge: 83, temperature: 23, flags: 0 });
  });

  it('keeps an all-zero record in the middle, which is a real one', () => {
    const records = page('BM6', [`${RECORDS}00000000${RECORDS}`, terminator(5)]).records();
    assert.deepEqual(records[2], { voltage: 0, stateOfCharge: 0, temperature: 0, flags: 0 });
    assert.equal(records[4]?.voltage, 13.23);
  });

  it('leaves out the live frames a BM2 sends in between, and starts at the start marker', () => {
    const collected = page('BM2', [
      '4d411111',
      'fffffe',
      '4d4111114d411111',
      'f5508164',
      '4d411111',
      terminator(5),
    ]);
    assert.equal(collected.state, 'complete');
    assert.deepEqual(collected.records().at(0), {
      voltage: 12.36,
      minimumCrankingVoltage: 2.73,
      type: 1,
    });
  });

  it('takes an empty reply for what it is', () => {
    for (const notifications of [['fefefe', 'fffefe00000c'], ['fffefe000009']]) {
      const collected = page('BM6', notifications);
      assert.equal(collected.state, 'complete');
      assert.deepEqual(collected.records(), []);
    }
  });

  it('says that a page is broken when notifications were lost or cut', () => {
    assert.equal(page('BM6', [RECORDS, terminator(9)]).state, 'broken');
    const cut = new HistoryPage('BM6');
    cut.add(encrypt('BM6', hex(RECORDS.repeat(20))).subarray(0, 20));
    assert.equal(cut.state, 'broken');
    assert.deepEqual(cut.records(), []);
  });

  it('stops collecting when a device never ends', () => {
    const collected = new HistoryPage('BM6');
    const notification = encrypt('BM6', hex(RECORDS.repeat(20)));
    for (let sent = 0; sent < 2000; sent += 1) collected.add(notification);
    assert.equal(collected.state, 'broken');
  });
});
