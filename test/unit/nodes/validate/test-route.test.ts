import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { registerTestRoute } from '../../../../nodes/validate/test-route.js';
import { builtInContract } from '../../../../src/contracts/library/built-in.js';

interface Answer {
  valid: boolean;
  type?: string;
  error?: { code: string; message: string };
}

/** What the test box is answered, in an editor with one contract of the user's own, which is deployed as `own-1`. */
function ask(body: object): Answer {
  let answer: Answer | undefined;
  let handler: (request: object, response: object) => void = () => undefined;
  const RED = {
    auth: { needsPermission: () => undefined },
    httpAdmin: { post: (_path: string, _mayWrite: unknown, given: typeof handler) => (handler = given) },
    nodes: { getNode: (id: string) => (id === 'own-1' ? { data: builtInContract('ecogrid-ems') } : null) },
  };
  registerTestRoute(RED as unknown as NodeAPI);
  handler({ body }, { json: (given: Answer) => (answer = given) });
  return answer!;
}

const document = '{"powerKw":45.2}';

describe("validate's test box", () => {
  it('checks by a built-in contract, in the dialect chosen', () => {
    const by = { source: 'contract', contract: 'ecogrid-ems', document };
    assert.equal(ask({ ...by, topic: 'sites/1/devices/A/telemetry' }).type, 'telemetry');
    const deployed = { ...by, dialect: 'deployed', topic: 'ecogrid/site1/bms/001' };
    assert.equal(ask(deployed).type, 'telemetry-bms');
  });

  it("checks by a contract of the user's own", () => {
    const by = {
      source: 'contract',
      contract: 'own',
      dialect: 'documented',
      eventType: 'telemetry',
      document,
    };
    assert.equal(ask({ ...by, ownContract: 'own-1' }).type, 'telemetry');
    assert.equal(ask({ ...by, ownContract: 'gone' }).error?.code, 'CONTRACT_UNKNOWN');
  });

  it('says in words which rule a document breaks', () => {
    const by = {
      source: 'schema',
      schema: '{"type":"object","required":["kw"],"properties":{"kw":{"type":"number"}}}',
    };
    assert.equal(
      ask({ ...by, document: '{"kw":"much"}' }).error?.message,
      'Not valid by the schema: /kw must be number, found "much".',
    );
    assert.match(ask({ ...by, document: '{}' }).error?.message ?? '', /the document: expected a member "kw"/);
    assert.equal(ask({ ...by, document: '{"kw":3}' }).valid, true);
  });
});
