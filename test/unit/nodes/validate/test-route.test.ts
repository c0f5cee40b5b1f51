import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { registerRoutes } from '../../../../nodes/validate/test-route.js';
import { builtInContract } from '../../../../src/contracts/library/built-in.js';

interface Answer {
  valid: boolean;
  type?: string;
  error?: { code: string; message: string };
}

const JSON_HEADERS = { 'content-type': 'application/json', host: 'red.local:1880' };

/** What the test box is answered, in an editor with one contract of the user's own, which is deployed as `own-1`. */
function ask(body: object, headers: Record<string, string> = JSON_HEADERS): Promise<Answer> {
  let handler: (request: object, response: object) => void = () => undefined;
  const RED = {
    auth: { needsPermission: () => undefined },
    log: { audit: () => undefined },
    httpAdmin: { post: (_path: string, _mayWrite: unknown, given: typeof handler) => (handler = given) },
    nodes: { getNode: (id: string) => (id === 'own-1' ? { data: builtInContract('ecogrid-ems') } : null) },
  };
  registerRoutes(RED as unknown as NodeAPI);
  return new Promise((resolve) =>
    handler(
      { body, headers },
      { json: resolve, status: () => ({ json: (error: object) => resolve({ error } as Answer) }) },
    ),
  );
}

const document = '{"powerKw":45.2}';

describe("validate's test box", () => {
  it('checks by a built-in contract, in the dialect chosen', async () => {
    const by = { source: 'contract', contract: 'ecogrid-ems', document };
    assert.equal((await ask({ ...by, topic: 'sites/1/devices/A/telemetry' })).type, 'telemetry');
    const deployed = { ...by, dialect: 'deployed', topic: 'ecogrid/site1/bms/001' };
    assert.equal((await ask(deployed)).type, 'telemetry-bms');
  });

  it("checks by a contract of the user's own", async () => {
    const by = {
      source: 'contract',
      contract: 'own',
      dialect: 'documented',
      eventType: 'telemetry',
      document,
    };
    assert.equal((await ask({ ...by, ownContract: 'own-1' })).type, 'telemetry');
    assert.equal((await ask({ ...by, ownContract: 'gone' })).error?.code, 'CONTRACT_UNKNOWN');
  });

  it('says in words which rule a document breaks', async () => {
    const by = {
      source: 'schema',
      schema: '{"type":"object","required":["kw"],"properties":{"kw":{"type":"number"}}}',
    };
    assert.equal(
      (await ask({ ...by, document: '{"kw":"much"}' })).error?.message,
      'Not valid by the schema: /kw must be number, found "much".',
    );
    assert.match(
      (await ask({ ...by, document: '{}' })).error?.message ?? '',
      /the document: expected a member "kw"/,
    );
    assert.equal((await ask({ ...by, document: '{"kw":3}' })).valid, true);
  });

  it('refuses what a page of another origin can send', async () => {
    const by = { source: 'schema', schema: '{}', document: '1' };
    const json = { 'content-type': 'application/json', host: 'red.local:1880' };
    const refused: Record<string, string>[] = [
      { ...json, 'content-type': 'application/x-www-form-urlencoded' },
      { ...json, 'content-type': 'text/plain' },
      { host: 'red.local:1880' },
      { ...json, origin: 'http://evil.example' },
      { ...json, origin: 'null' },
      { ...json, 'sec-fetch-site': 'cross-site' },
      { ...json, 'sec-fetch-site': 'same-site', origin: 'http://red.local:1880' },
    ];
    for (const headers of refused) {
      assert.equal((await ask(by, headers)).error?.code, 'SETTING_INVALID', JSON.stringify(headers));
    }
    for (const headers of [
      json,
      { ...json, origin: 'http://red.local:1880' },
      { ...json, 'sec-fetch-site': 'same-origin' },
    ]) {
      assert.equal((await ask(by, headers)).valid, true, JSON.stringify(headers));
    }
  });

  it('refuses $async and a dialect that is none, and lives on after a schema that never ends', async () => {
    const by = { source: 'schema', document: '1' };
    assert.equal((await ask({ ...by, schema: '{"$async":true}' })).error?.code, 'CONTRACT_INVALID');
    const contract = {
      source: 'contract',
      contract: 'ecogrid-ems',
      topic: 'sites/1/devices/A/telemetry',
      document,
    };
    assert.equal((await ask({ ...contract, dialect: 'constructor' })).error?.code, 'CONTRACT_UNKNOWN');
    // Every level asks for the one below twice.
    const schema = '{"allOf":[{"items":{"$ref":"#"}},{"items":{"$ref":"#"}}]}';
    const deep = `${'['.repeat(60)}${']'.repeat(60)}`;
    assert.equal(
      (await ask({ source: 'schema', schema, document: deep })).error?.code,
      'COMPUTATION_STOPPED',
    );
    assert.equal((await ask({ ...by, schema: '{}' })).valid, true);
  }).timeout(60_000);
});
