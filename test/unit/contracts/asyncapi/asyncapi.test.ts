import assert from 'node:assert/strict';
import { Parser } from '@asyncapi/parser';
import { type Usage, contractDocument, flowsDocument } from '../../../../src/contracts/asyncapi/export.js';
import { importContract } from '../../../../src/contracts/asyncapi/import.js';
import { contracts } from '../../../../src/contracts/library/built-in.js';
import { Contract } from '../../../../src/contracts/contract.js';
import type { JsonObject } from '../../../../src/event.js';
import { inbound, open, refusal } from '../helpers/check.js';

const parser = new Parser();

async function errorsOf(document: JsonObject): Promise<string[]> {
  const { document: parsed, diagnostics } = await parser.parse(JSON.stringify(document));
  const errors = diagnostics.filter(({ severity }) => (severity as number) === 0);
  assert.ok(parsed !== undefined || errors.length > 0);
  return errors.map(({ message, path }) => `${path.join('.')}: ${message}`);
}

describe('AsyncAPI: export', () => {
  const info = { title: 'Plant 7', version: '1', description: 'Flows' };
  const usages = (dialect: string): Usage[] =>
    Object.values(contracts)
      .filter(({ dialects }) => dialect === 'documented' || Object.hasOwn(dialects, dialect))
      .map((data) => new Contract(data, { dialect }))
      .flatMap((contract) => contract.types.map(({ name }) => ({ contract, type: name, action: 'send' })));

  for (const dialect of ['documented', 'deployed']) {
    it(`the official parser accepts every type of every contract, ${dialect}`, async function () {
      this.timeout(60_000);
      const document = flowsDocument(info, usages(dialect));
      assert.equal(Object.keys(document['operations'] as JsonObject).length, usages(dialect).length);
      assert.deepEqual(await errorsOf(document), []);
    });
  }

  it('the official parser accepts the document of a contract, and what flows both send and receive', async function () {
    this.timeout(60_000);
    assert.deepEqual(await errorsOf(contractDocument(open('battery-hawk'))), []);
    const both = flowsDocument(info, [
      { contract: open('ecogrid-ems'), type: 'telemetry', action: 'receive' },
      { contract: open('ecogrid-ems'), type: 'telemetry', action: 'send' },
    ]);
    assert.deepEqual(await errorsOf(both), []);
  });

  it('carries QoS, retain, expiry, retention and parameters', () => {
    const document = contractDocument(open('ecogrid-ems'));
    const operations = document['operations'] as Record<string, JsonObject>;
    assert.deepEqual(operations['send-ecogrid-ems.commands']?.['bindings'], {
      mqtt: { qos: 2, retain: false, messageExpiryInterval: 60, bindingVersion: '0.2.0' },
    });
    const channels = document['channels'] as Record<string, JsonObject>;
    const retention = { topicConfiguration: { 'retention.ms': 7 * 86_400_000 }, bindingVersion: '0.5.0' };
    assert.deepEqual(channels['device-telemetry']?.['bindings'], { kafka: retention });
  });
});

const foreign = `
asyncapi: 3.0.0
info: { title: Light Switches, version: 2.1.0, description: Lamps of a street. }
channels:
  state:
    address: streets/{street-id}/lamps/{lamp}/state
    parameters:
      street-id: { description: The street. }
      lamp: { $ref: '#/components/parameters/lamp' }
    messages:
      lampState: { $ref: '#/components/messages/lampState' }
  orders:
    address: streets/{street-id}/orders
    messages:
      dim: { payload: { type: object, required: [percent], properties: { percent: { type: integer, maximum: 100 } } } }
      off: { payload: { type: object, required: [reason], properties: { reason: { type: string } } } }
operations:
  dimLamps:
    action: send
    channel: { $ref: '#/channels/orders' }
    bindings: { mqtt: { qos: 2, retain: false, messageExpiryInterval: 30 } }
  lampStates:
    action: receive
    channel: { $ref: '#/channels/state' }
    bindings: { mqtt: { qos: 0, retain: true } }
components:
  parameters:
    lamp: { description: The lamp., location: '$message.payload#/lamp' }
  messages:
    lampState:
      title: State of a lamp
      payload: { $ref: '#/components/schemas/lampState' }
      examples: [{ payload: { lamp: L1, watt: 12.5 } }]
  schemas:
    lampState:
      type: object
      externalDocs: { url: 'https://example.com' }
      required: [lamp, watt]
      properties: { lamp: { type: string }, watt: { type: number, minimum: 0, 'x-unit': W } }
`;

describe('AsyncAPI: import', () => {
  for (const data of Object.values(contracts)) {
    it(`${data.name}: what was exported is the same contract again`, () => {
      const contract = new Contract(data);
      const back = new Contract(importContract(JSON.stringify(contractDocument(contract))));
      assert.deepEqual({ ...back.data, dialects: {} }, { ...data, dialects: {} });
    });
  }

  const contract = new Contract(importContract(foreign));

  it('a document of somebody else becomes a contract', () => {
    assert.equal(contract.name, 'light-switches');
    assert.deepEqual(
      contract.types.map(({ name }) => name),
      ['lampState', 'dim', 'off'],
    );
    const event = contract.build('lampState', {
      payload: { lamp: 'L1', watt: 3 },
      parameters: { street_id: 's' },
    });
    assert.equal(event.topic, 'streets/s/lamps/L1/state');
    assert.deepEqual([event.qos, event.retain], [0, true]);
    assert.equal(
      contract.build('dim', { payload: { percent: 5 }, parameters: { street_id: 's' }, now: 0 }).expiresAt,
      30_000,
    );
  });

  it('checks payloads by its schemas, and tells messages of one channel apart', () => {
    assert.equal(contract.parse(inbound('streets/s/orders', { percent: 5 })).type, 'dim');
    assert.equal(contract.parse(inbound('streets/s/orders', { reason: 'day' })).type, 'off');
    assert.equal(
      refusal(() => contract.parse(inbound('streets/s/lamps/L1/state', { lamp: 'L1', watt: -1 }))).code,
      'SCHEMA_VIOLATION',
    );
  });

  const bad: [name: string, text: string][] = [
    ['no AsyncAPI document', '{"openapi":"3.0.0"}'],
    ['version 2', foreign.replace('3.0.0', '2.6.0')],
    ['no YAML', 'a: ['],
    ['no channels', 'asyncapi: 3.0.0\ninfo: {title: t, version: "1"}'],
    [
      'a reference that leads nowhere',
      foreign.replace("'#/components/schemas/lampState'", "'#/components/schemas/x'"),
    ],
    ['a reference to a file', foreign.replace("'#/components/schemas/lampState'", "'/etc/passwd'")],
    [
      'a reference to itself',
      foreign.replace(
        'lampState:\n      type: object',
        "lampState:\n      $ref: '#/components/schemas/lampState'\n      type: object",
      ),
    ],
    ['a schema that is none', foreign.replace('minimum: 0', 'minimum: none')],
    ['a misspelt keyword', foreign.replace('minimum: 0', 'mimimum: 0')],
    ['a wildcard in an address', foreign.replace('streets/{street-id}/orders', 'streets/+/orders')],
  ];
  for (const [name, text] of bad) {
    it(`refuses ${name}`, () => assert.equal(refusal(() => importContract(text)).code, 'CONTRACT_INVALID'));
  }
});
