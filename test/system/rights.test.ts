import assert from 'node:assert/strict';
import { HARMFUL, HARMLESS, MARKER, PERMISSIONS, RIGHT_NAMES, type Route, ROUTES } from '../support/trust.js';
import { HEADER, LOGIN, type Question, routesWithoutUs, TrustPlace } from '../support/trust-place.js';

describe('rights: every admin route, asked by everybody', function () {
  this.timeout(120_000);
  let place: TrustPlace;
  before(async () => {
    place = await TrustPlace.open(LOGIN, { [HEADER]: '*' });
  });
  after(() => place.close());

  const ask = (
    route: Route,
    permissions: string | undefined,
    { bodies = HARMLESS, headers = {} }: Question = {},
  ): Promise<Response> =>
    place.ask(route, {
      bodies,
      headers: { ...(permissions === undefined ? {} : { [HEADER]: permissions }), ...headers },
    });

  /** The routes that a user of some permissions gets to. */
  async function reached(permissions: string): Promise<string[]> {
    const answers = await Promise.all(
      ROUTES.map(async (route) => ({ route, status: (await ask(route, permissions)).status })),
    );
    for (const { route, status } of answers) assert.notEqual(status, 401, route.name);
    return answers.flatMap(({ route, status }) => (status === 403 ? [] : [route.name])).sort();
  }

  const holdings = (): Promise<unknown[]> => place.holdings();
  const named = (routes: readonly Route[]): string[] => routes.map(({ name }) => name).sort();

  it('stand in the table of docs/security.md, each with one right, and no other stands there', async () => {
    // Whatever they are called: a route of ours that is not in the table is one that nobody asked about rights.
    const others = new Set(await routesWithoutUs());
    assert.deepEqual(named(ROUTES), (await place.routes()).filter((route) => !others.has(route)).sort());
    assert.deepEqual(Object.keys(PERMISSIONS).sort(), [...RIGHT_NAMES].sort());
    assert.deepEqual(
      ROUTES.filter(({ right }) => PERMISSIONS[right] === undefined),
      [],
    );
  });

  it('refuse who lacks the right with its name, before anything is looked at, and change nothing', async () => {
    const before = await holdings();
    for (const route of ROUTES) {
      const refused = await ask(route, 'flows.read,gridwire.other.read', { bodies: HARMFUL });
      assert.equal(refused.status, 403, route.name);
      const { code, message: said } = (await refused.json()) as { code: string; message: string };
      assert.equal(code, 'RIGHT_MISSING');
      assert.match(said, new RegExp(PERMISSIONS[route.right]!.replaceAll('.', '\\.')));
    }
    assert.deepEqual(await holdings(), before);
  });

  it('answer the wide permissions of Node-RED as they are meant', async () => {
    const ending = (end: string): string[] =>
      named(ROUTES.filter(({ right }) => PERMISSIONS[right]!.endsWith(end)));
    assert.deepEqual(await reached('*'), named(ROUTES));
    assert.deepEqual(await reached('read'), ending('.read'));
    assert.deepEqual(await reached('write'), ending('.write'));
  });

  it('answer each earlier permission as before', async () => {
    for (const earlier of new Set(ROUTES.flatMap(({ formerly }) => (formerly === '' ? [] : formerly)))) {
      const may = ROUTES.filter(({ formerly }) => formerly === earlier);
      assert.deepEqual(await reached(earlier), named(may), earlier);
    }
  });

  it('show no payload to a user who may see states only, and let that user change nothing', async () => {
    const before = await holdings();
    const permission = PERMISSIONS['states']!;
    for (const route of ROUTES) {
      const answer = await ask(route, permission, { bodies: HARMFUL });
      assert.doesNotMatch(await answer.text(), new RegExp(MARKER), route.name);
    }
    assert.deepEqual(await holdings(), before);
    const letters = ROUTES.find(({ name }) => name === 'GET /gridwire/stores/:id/letters')!;
    assert.match(await (await ask(letters, PERMISSIONS['payloads'])).text(), new RegExp(MARKER));
  });

  it('send commands again for those alone who have the right for it', async () => {
    const republish = ROUTES.filter(({ name }) => /republish|repair\/preview|POST .*\/repair$/.test(name));
    assert.equal(republish.length, 3);
    for (const route of republish) {
      const which = route.name.endsWith('republish') ? {} : { filter: { code: 'TYPE_UNKNOWN' } };
      const bodies = { [route.name]: { through: 'dlq', commands: ['commands'], ...which } };
      assert.equal((await ask(route, PERMISSIONS['repair'], { bodies })).status, 403, route.name);
      assert.equal((await ask(route, PERMISSIONS['commands'], { bodies })).status, 200, route.name);
      assert.notEqual((await ask(route, 'gridwire-store.write', { bodies })).status, 403, route.name);
    }
    // Of what passes: nothing did, which only those hear who might have sent it.
    const live = ROUTES.find(({ name }) => name.endsWith('/publish'))!;
    const bodies = { [live.name]: { commands: ['commands'] } };
    assert.equal((await ask(live, PERMISSIONS['repair'], { bodies })).status, 403);
    assert.equal((await ask(live, PERMISSIONS['commands'], { bodies })).status, 404);
  });

  it('write into the audit log who did what, by which right, and how it ended', async () => {
    const discard = ROUTES.find(({ name }) => name.endsWith('letters/discard'))!;
    const bodies = { [discard.name]: { ids: [1] } };
    assert.equal((await ask(discard, PERMISSIONS['repair'], { bodies })).status, 200);
    const audit = ROUTES.find(({ name }) => name.endsWith('/audit'))!;
    const { entries } = (await (await ask(audit, '*')).json()) as {
      entries: { actor: string; action: string; details: { ids?: number[] } }[];
    };
    const { actor, details } = entries.find((each) => each.details.ids?.[0] === 1)!;
    assert.equal(actor, 'user of gridwire.repair.write');
    assert.deepEqual(details, {
      ...{ ids: [1], discarded: 1, right: 'gridwire.repair.write', outcome: '1 given up' },
    });
  });

  it('answer what cannot be read with an error of their own, without a stack', async () => {
    const send = (url: string, init: RequestInit): Promise<Response> =>
      fetch(new URL(url, place.admin), {
        ...init,
        headers: { [HEADER]: '*', 'content-type': 'application/json' },
      });
    const cases: [Promise<Response>, number, string][] = [
      [send('gridwire/stores/store/erase', { method: 'POST', body: '{"subject":' }), 400, 'BODY_NOT_JSON'],
      [send('gridwire/stores/store/erase', { method: 'POST', body: '"text"' }), 400, 'BODY_NOT_JSON'],
      [
        send('gridwire/validate/test', { method: 'POST', body: `"${'x'.repeat(6_000_000)}"` }),
        ...([413, 'BODY_TOO_LARGE'] as const),
      ],
      [send('gridwire/stores/%E0%A4%A/state', {}), 400, 'BODY_NOT_JSON'],
    ];
    for (const [asked, status, code] of cases) {
      const answer = await asked;
      const body = await answer.text();
      assert.equal(answer.status, status, body);
      assert.equal((JSON.parse(body) as { code: string }).code, code);
      assert.doesNotMatch(body, /node_modules|\bat /);
    }
  });
});
