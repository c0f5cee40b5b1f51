import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clientCredentials } from '../../../../../src/brokers/kafka/cluster/oauth-token.js';

describe('OAuth tokens for Kafka', () => {
  let server: Server;
  let url = '';
  let requests: string[] = [];
  let answer: { status: number; body: string };

  before((done) => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        requests.push(`${request.headers.authorization ?? ''} ${body}`);
        response.writeHead(answer.status).end(answer.body);
      });
    });
    server.listen(0, '127.0.0.1', () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
      done();
    });
  });
  after(() => server.close());
  beforeEach(() => (requests = []));

  const token = (scope?: string) =>
    clientCredentials({ url, clientId: 'gridwire', clientSecret: 'hush:hush', ...(scope ? { scope } : {}) });

  it('are asked for with the client credentials, and kept while they are good', async () => {
    answer = { status: 200, body: '{"access_token":"t1","expires_in":3600}' };
    const provide = token('kafka');
    assert.deepEqual([await provide(), await provide()], ['t1', 't1']);
    const basic = Buffer.from('gridwire:hush%3Ahush').toString('base64');
    assert.deepEqual(requests, [`Basic ${basic} grant_type=client_credentials&scope=kafka`]);
  });

  it('are asked for anew when they have no life of their own', async () => {
    answer = { status: 200, body: '{"access_token":"t1"}' };
    const provide = token();
    await provide();
    await provide();
    assert.equal(requests.length, 2);
  });

  for (const [status, body] of [
    [401, '{"error":"invalid_client"}'],
    [200, '{}'],
  ] as const) {
    it(`that are refused (${status}) are told without the secret`, async () => {
      answer = { status, body };
      await assert.rejects(token()(), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'BROKER_UNAUTHORISED');
        assert.doesNotMatch(error.message, /hush/);
        return true;
      });
    });
  }
});
