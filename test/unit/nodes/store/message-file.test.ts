import assert from 'node:assert/strict';
import { messageFromJson, messageToJson } from '../../../../nodes/store/message-file.js';

describe('a message in a file of letters', () => {
  const written = messageToJson({
    ...{ topic: 'a/b', body: Buffer.from([0xff, 0]), qos: 1, retain: false, key: Buffer.from([0xfe]) },
    headers: { trace: ['1', null], bytes: Buffer.from([0x80]) },
  });

  it('is read to the byte as it was written', () => {
    assert.deepEqual(messageToJson(messageFromJson(JSON.parse(JSON.stringify(written)) as never)), written);
    const tombstone = { ...written, body: '', tombstone: true };
    assert.equal(messageFromJson(tombstone).tombstone, true);
  });

  it('is refused where reading would leave a part of it out', () => {
    for (const [wrong, member] of [
      [{ body: 'QUJDR' }, 'body'],
      [{ body: 'QQ' }, 'body'],
      [{ body: 'QR==' }, 'body'],
      [{ keyBase64: 'A' }, 'keyBase64'],
      [{ key: 'k' }, 'key'],
      [{ headers: [{ name: 'a', value: 'b', base64: 'AA==' }] }, 'value'],
      [{ headers: [{ name: 'a', base64: 'AAA' }] }, 'base64'],
      [{ tombstone: 'yes' }, 'tombstone'],
    ] as const) {
      const refusal = { code: 'SETTING_INVALID', message: new RegExp(`"${member}" must be`) };
      assert.throws(() => messageFromJson({ ...written, ...wrong }), refusal);
    }
  });
});
