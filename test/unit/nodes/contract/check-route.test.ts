import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { registerRoutes } from '../../../../nodes/contract/check-route.js';
import type { ImportPreview } from '../../../../src/contracts/asyncapi/check.js';

type Answer = Partial<ImportPreview> & { error?: { code: string } };

function ask(body: object, contentType = 'application/json'): Promise<Answer> {
  let handler: (request: object, response: object) => void = () => undefined;
  const RED = {
    auth: { needsPermission: () => undefined },
    log: { audit: () => undefined },
    httpAdmin: { post: (_path: string, _mayWrite: unknown, given: typeof handler) => (handler = given) },
  };
  registerRoutes(RED as unknown as NodeAPI);
  return new Promise((resolve) =>
    handler(
      { body, headers: { 'content-type': contentType } },
      { json: resolve, status: () => ({ json: (error: object) => resolve({ error } as Answer) }) },
    ),
  );
}

const document = `
asyncapi: 3.0.0
info: { title: Plant, version: 1.0.0 }
servers: { test: { host: localhost, protocol: mqtt } }
channels: { c: { address: 'plants/{id}', messages: { power: { payload: { type: number } } } } }
`;

describe("the check of a contract's panel", function () {
  this.timeout(120_000);

  it('says the event types, and what is not carried over', async () => {
    const { name, types, notes } = await ask({ document });
    assert.deepEqual([name, types], ['plant', [{ name: 'power', topic: 'plants/{id}' }]]);
    assert.match(notes?.join() ?? '', /Servers/);
  });

  it('says what is wrong, and what did not come from the editor', async () => {
    assert.equal((await ask({ document: '{}' })).error?.code, 'CONTRACT_INVALID');
    assert.equal((await ask({})).error?.code, 'CONTRACT_INVALID');
    assert.equal((await ask({ document }, 'text/plain')).error?.code, 'SETTING_INVALID');
  });
});
