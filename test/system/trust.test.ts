import assert from 'node:assert/strict';
import {
  type Asker,
  ASKERS,
  DOORS,
  HARMFUL,
  HARMLESS,
  opens,
  PERMISSIONS,
  RIGHT_NAMES,
  ROUTES,
} from '../support/trust.js';
import { HEADER, LOGIN, OPEN, TrustPlace } from '../support/trust-place.js';

type Headers = Record<string, string>;

/** What a request says of itself that a page of another origin has made: what browsers add, and the forms they allow. */
const FOREIGN: readonly Headers[] = [
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1' },
  { origin: 'http://evil.example' },
  { origin: 'null' },
];

describe('trust: everybody who may ask, at every door', function () {
  this.timeout(120_000);
  let login: TrustPlace;
  let open: TrustPlace;
  before(async () => {
    login = await TrustPlace.open(LOGIN, { [HEADER]: '*' });
    open = await TrustPlace.open(OPEN);
  });
  after(() => Promise.all([login, open].map((place) => place.close())));

  const renamed = (place: TrustPlace): Headers => {
    const host = `evil.example:${place.admin.port}`;
    return { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
  };
  /** How each of them asks, where, and in which variants. */
  const PLAYED: Record<Asker, () => [TrustPlace, readonly Headers[]]> = {
    'nobody, where there is a login': () => [login, [{}]],
    // As if its browser knew an administrator's login: it is the origin that counts.
    'a page of another origin, where there is a login': () => [
      login,
      FOREIGN.map((headers) => ({ ...headers, [HEADER]: '*' })),
    ],
    'a page of another origin, where there is none': () => [open, FOREIGN],
    'a page whose name leads here (DNS rebinding), where there is a login': () => [login, [renamed(login)]],
    'a page whose name leads here (DNS rebinding), where there is none': () => [open, [renamed(open)]],
    'a program of the network, where there is no login': () => [open, [{}]],
    'who knows the token of metrics': () => [login, [{ authorization: 'Bearer token-of-metrics' }]],
    'who knows the token of health': () => [login, [{ authorization: 'Bearer token-of-health' }]],
    'a user without a right': () => [login, [{ [HEADER]: 'flows.read,gridwire.other.read' }]],
    ...(Object.fromEntries(
      RIGHT_NAMES.map((right) => [right, () => [login, [{ [HEADER]: PERMISSIONS[right]! }]]]),
    ) as unknown as Record<(typeof RIGHT_NAMES)[number], () => [TrustPlace, readonly Headers[]]>),
  };

  for (const asker of Object.keys(ASKERS) as Asker[]) {
    it(`open to ${asker} what the table says, and nothing else`, async () => {
      const [place, variants] = PLAYED[asker]();
      const before = await place.holdings();
      const opened = new Set<string>();
      for (const headers of variants) {
        for (const route of ROUTES) {
          const bodies = opens(asker, route.door) ? HARMLESS : HARMFUL;
          const { status } = await place.ask(route, { headers, bodies });
          const isIn = ![401, 403].includes(status);
          assert.equal(
            isIn,
            opens(asker, route.door),
            `${route.name}: ${status}, ${JSON.stringify(headers)}`,
          );
          if (isIn) opened.add(route.door);
        }
        if (await place.streams(headers)) opened.add('stream');
      }
      assert.deepEqual([...opened].sort(), DOORS.filter((door) => opens(asker, door)).sort());
      if (opened.size === 0) assert.deepEqual(await place.holdings(), before);
    });
  }

  it('take no form from anybody, whatever its type, and change nothing', async () => {
    const before = await open.holdings();
    const forms = ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'];
    for (const route of ROUTES.filter(({ method }) => method === 'POST'))
      for (const type of [...forms, 'text/plain; application/json', ''])
        assert.equal(
          (await open.ask(route, { headers: { 'content-type': type }, bodies: HARMFUL })).status,
          403,
          `${route.name}: ${type}`,
        );
    assert.deepEqual(await open.holdings(), before);
  });

  it('change nothing by a GET, which any page may send without being told its answer', async () => {
    const before = await open.holdings();
    for (const route of ROUTES.filter(({ method }) => method === 'GET')) await open.ask(route, {});
    assert.deepEqual(await open.holdings(), before);
  });
});
