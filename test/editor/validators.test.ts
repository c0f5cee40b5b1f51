import assert from 'node:assert/strict';
import { EditorPage } from '../support/editor-page.js';
import { NodeRedProcess } from '../support/node-red-process.js';

/** Of these values each field's check must refuse one at least, under one of the settings below at least. */
const WRONG_VALUES = [
  'nonsense',
  'https://host/with/path',
  ':memory:',
  '-1',
  '1e12',
  '',
  'a/#/+b\u0000',
  '{ "broken": ',
  true,
  [{ serialNumber: '+', name: '' }],
  [{ wrong: 1 }],
];
/** Settings on which the meaning of others depends; each is tried with those that a dragged node has. */
const CIRCUMSTANCES: Record<string, unknown>[] = [
  {},
  { transport: 'mqtt' },
  { transport: 'mqtt', cleanSession: false },
  { transport: 'kafka', sasl: 'oauthbearer' },
  { transport: 'kafka', sasl: 'plain', tls: '' },
  { kind: 'postgres' },
  { environment: 'own' },
  { shared: true, store: '' },
  { alerts: true },
  { source: 'schema' },
  { source: 'file' },
  { startAt: 'timestamp', broker: 'kafka' },
  { startAt: 'offsets', broker: 'kafka' },
];

interface Verdict {
  field: string;
  /** What the check said of each wrong value under each circumstance. */
  refused: string[];
  acceptsItsDefault: boolean;
}

describe('the checks of every field, in the real editor', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;
  before(async () => {
    nodeRed = await NodeRedProcess.start({
      flows: [
        { id: 'tab', type: 'tab', label: 'Test' },
        { id: 'kafka', type: 'gridwire-broker', name: 'log', transport: 'kafka', brokers: 'localhost:9092' },
      ],
    });
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  it('refuse a wrong value with a reason that a person can read, and accept what a new node has', async () => {
    const verdicts = await editor!.evaluate<Verdict[]>(
      // tsx gives functions their names by a helper that the page does not have.
      `const __name = (each) => each; (${judge.toString()})(${JSON.stringify(WRONG_VALUES)}, ${JSON.stringify(CIRCUMSTANCES)})`,
    );
    assert.ok(verdicts.length > 60, `${verdicts.length} fields are checked`);
    const faults = verdicts.flatMap(({ field, refused, acceptsItsDefault }) => [
      ...(refused.length === 0 ? [`${field} takes every wrong value`] : []),
      ...refused
        .filter((reason) => /^gridwire|check\.|undefined|\[object/.test(reason))
        .map((reason) => `${field}: ${reason}`),
      ...(acceptsItsDefault ? [] : [`${field} refuses what a new node has`]),
    ]);
    assert.deepEqual(faults, []);
  });
});

/** Runs in the page: asks each check as Node-RED does, which hears a reason only from those that take two arguments. */
function judge(wrongValues: unknown[], circumstances: Record<string, unknown>[]): Verdict[] {
  const RED = (globalThis as unknown as { RED: EditorRed }).RED;
  const types = RED.nodes.registry.getNodeTypes().filter((type) => type.startsWith('gridwire-'));
  return types.flatMap((type) => {
    const definition = RED.nodes.getType(type);
    const fields = Object.entries(definition.defaults).filter(([, { validate }]) => validate !== undefined);
    const probe = (change: Record<string, unknown>): Probe => {
      const values = Object.fromEntries(
        Object.entries(definition.defaults).map(([name, { value }]) => [name, structuredClone(value)]),
      );
      return {
        id: 'probe',
        type,
        _def: definition,
        z: 'tab',
        users: [],
        wires: [],
        _: definition._,
        ...values,
        ...change,
      };
    };
    return fields.map(([field, { validate }]) => {
      const refused: string[] = [];
      for (const circumstance of circumstances) {
        for (const wrong of wrongValues) {
          const node = probe({ ...circumstance, [field]: wrong });
          const answer = validate!.call(node, wrong, { label: field });
          const isHeard = validate!.length === 2;
          if (answer === false) refused.push('no reason');
          else if (typeof answer === 'string' && isHeard) refused.push(answer);
        }
      }
      const fresh = probe({});
      const own = validate!.call(fresh, fresh[field], { label: field });
      return { field: `${type}.${field}`, refused, acceptsItsDefault: own === true || fresh[field] === '' };
    });
  });
}

type Probe = Record<string, unknown>;
interface EditorRed {
  nodes: {
    registry: { getNodeTypes(): string[] };
    getType(type: string): {
      _: (key: string, values?: unknown) => string;
      defaults: Record<
        string,
        { value?: unknown; validate?: (this: Probe, value: unknown, options: { label: string }) => unknown }
      >;
    };
  };
}
