import assert from 'node:assert/strict';
import { networkReason } from '../../../src/brokers/network-reason.js';

/** As OpenSSL says it through Node's sockets. */
const said = (words: string): string =>
  `409DAE9FDA7F0000:error:0A00045C:SSL routines:ssl3_read_bytes:${words}:../deps/openssl/openssl/ssl/record/rec_layer_s3.c:918:SSL alert number 116\n`;

describe('why there is no TLS', () => {
  for (const [words, text, why] of [
    ['tlsv13 alert certificate required', /asks for a certificate of this side/, 'own-certificate'],
    ['tlsv1 alert unknown ca', /does not take the certificate of this side/, 'own-certificate'],
    ['ssl/tls alert bad certificate', /does not take the certificate of this side/, 'own-certificate'],
    ['sslv3 alert handshake failure', /may ask for a certificate of this side/, 'own-certificate'],
    ['tlsv1 alert protocol version', /no version of TLS/, 'protocol'],
  ] as const)
    it(`is told by what the other side said: ${words}`, () => {
      // OpenSSL's code says only that TLS could not be agreed.
      for (const code of ['EPROTO', 'ERR_SSL_SOMETHING', undefined]) {
        const reason = networkReason(code, said(words), true);
        assert.match(reason?.text ?? '', text);
        assert.equal(reason?.why, why);
      }
      const named = networkReason(undefined, `ERR_SSL_${words.replaceAll(' ', '_').toUpperCase()}`, true);
      assert.equal(named?.why, why, 'by the name of its code');
    });

  it('is told without places in the program of OpenSSL, whatever it is', () => {
    const { text, why } = networkReason('ERR_SSL_X', said('something new'), true) ?? {};
    assert.match(text ?? '', /^TLS cannot begin \(something new\)/);
    assert.equal(why, 'tls');
  });
});
