import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { NodeRedAdmin, type FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { until } from '../../support/wait.js';

const TOKEN = 'a-token-of-the-stream';
/** Users, by their tokens, as Node-RED's login has them. */
const SETTINGS = `
module.exports.adminAuth = {
  type: 'credentials', users: [{ username: 'admin', password: 'x', permissions: '*' }], tokenHeader: 'authorization',
  tokens: async (token) => ({ username: token, permissions: token === 'all' ? ['*'] : [token] }),
};`;

const place = { z: 'tab', x: 200, y: 100 };
const stream = (id: string, more: object): FlowNode => ({ id, type: 'gridwire-stream', ...place, ...more });
const FLOW: FlowNode[] = [
  { id: 'tab', type: 'tab' },
  stream('by-login', { path: '/ws/events', access: 'login', clients: '3' }),
  stream('by-token', { path: '/ws/token', access: 'token', origins: 'https://dash.example' }),
  stream('same-path', { path: '/ws/events', access: 'login' }),
  stream('taken', { path: '/core', access: 'login' }),
  stream('weak', { path: '/ws/weak', access: 'token' }),
  { id: 'core', type: 'websocket-listener', path: '/core', wholemsg: 'false' },
  { id: 'core-in', type: 'websocket in', ...place, server: 'core', wires: [['core-out']] },
  { id: 'core-out', type: 'websocket out', ...place, server: 'core' },
  {
    id: 'in',
    type: 'http in',
    ...place,
    url: '/send',
    method: 'post',
    wires: [['answer', 'by-login', 'by-token']],
  },
  { id: 'answer', type: 'http response', ...place },
];

/** A client as a page or a program has it. */
class Client {
  readonly heard: Record<string, unknown>[] = [];
  closed: string | undefined;
  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.heard.push(JSON.parse(data.toString()) as never));
    socket.on('close', (code, reason) => (this.closed ??= `${code} ${reason.toString()}`));
    socket.on('error', (error) => (this.closed = error.message));
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<Client> {
    const client = new Client(new WebSocket(url.replace('http', 'ws'), { headers }));
    await until('the server has answered', () => client.socket.readyState !== WebSocket.CONNECTING);
    return client;
  }

  say(what: unknown): void {
    this.socket.send(typeof what === 'string' ? what : JSON.stringify(what));
  }

  get kinds(): unknown[] {
    return this.heard.map(({ kind }) => kind);
  }

  async hears(kind: string, count = 1): Promise<void> {
    await until(
      `${kind} was heard ${count} times; heard ${String(this.kinds)}, closed ${this.closed}`,
      () => this.kinds.filter((each) => each === kind).length >= count,
    );
  }
}

describe('the stream of a Node-RED with a login', function () {
  this.timeout(60_000);
  let nodeRed: NodeRedProcess;
  const clients: Client[] = [];
  const open = async (path: string, headers?: Record<string, string>): Promise<Client> => {
    const client = await Client.open(new URL(path, nodeRed.url).href, headers);
    clients.push(client);
    return client;
  };
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  const send = async (payload: object): Promise<void> => {
    const body = JSON.stringify(payload);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(new URL('send', nodeRed.url), { method: 'POST', headers, body });
    assert.equal(answer.status, 200);
  };

  before(async () => {
    const credentials = { 'by-token': { token: TOKEN }, weak: { token: 'short' } };
    nodeRed = await NodeRedProcess.start({ flows: FLOW, credentials, settingsCode: SETTINGS });
  });
  afterEach(async () => {
    for (const { socket } of clients) socket.close();
    await until('all have gone', () => clients.every(({ socket }) => socket.readyState === WebSocket.CLOSED));
    clients.length = 0;
  });
  after(() => nodeRed.stop());

  it('shows events as they came to who may see payloads, by header or first message', async () => {
    const program = await open('ws/events', bearer('gridwire.payloads.read'));
    await program.hears('stream_ready');
    const page = await open('ws/events', { origin: new URL(nodeRed.url).origin });
    page.say({ token: 'all', kinds: ['task_created'] });
    await page.hears('stream_ready');
    await send({ kind: 'project_created', payload: { n: 1 } });
    await send({ kind: 'task_created', payload: { n: 2 } });
    await program.hears('task_created');
    await page.hears('task_created');
    assert.deepEqual(program.heard[1], { kind: 'project_created', payload: { n: 1 } });
    assert.deepEqual(program.kinds, ['stream_ready', 'project_created', 'task_created']);
    assert.deepEqual(page.kinds, ['stream_ready', 'task_created']);
    page.say({ topics: ['a/#/b'] });
    await page.hears('stream_refused');
  });

  it('tells nothing to who may not, or does not say who it is', async () => {
    const nobody = await open('ws/events');
    const states = await open('ws/events', bearer('gridwire.states.read'));
    const talker = await open('ws/events');
    talker.say('nonsense');
    await until('it was sent away', () => talker.closed === '1008 say who you are first');
    states.say({ token: 'gridwire.states.read' });
    await until('it was sent away', () => states.closed === '1008 you may not see this stream');
    const known = await open('ws/events', bearer('all'));
    await known.hears('stream_ready');
    await send({ kind: 'secret' });
    await known.hears('secret');
    assert.deepEqual([nobody.heard, states.heard, talker.heard], [[], [], []]);
  });

  it('shows to who knows the token, and to the pages that are named', async () => {
    const program = await open('ws/token', bearer(TOKEN));
    await program.hears('stream_ready');
    const wrong = await open('ws/token', { origin: 'https://dash.example' });
    wrong.say({ token: 'all' });
    await until('it was sent away', () => wrong.closed?.startsWith('1008') === true);
    const page = await open('ws/token', { origin: 'https://dash.example' });
    page.say({ token: TOKEN });
    await page.hears('stream_ready');
  });

  it('lets in no page of another origin, whatever it knows, and no more clients than are wanted', async () => {
    const foreign = await open('ws/events', { ...bearer('all'), origin: 'https://evil.example' });
    assert.match(foreign.closed ?? '', /403/);
    for (let count = 0; count < 3; count += 1) await open('ws/events', bearer('all'));
    const fourth = await open('ws/events', bearer('all'));
    assert.match(fourth.closed ?? '', /503/);
  });

  it("leaves the editor's and the websocket node's connections alone", async () => {
    const core = await open('core');
    const echoes: string[] = [];
    core.socket.removeAllListeners('message');
    core.socket.on('message', (data: Buffer) => echoes.push(data.toString()));
    core.say('hello');
    await until('it has answered', () => echoes.includes('hello'));
    const comms = await open('comms', bearer('all'));
    assert.equal(comms.socket.readyState, WebSocket.OPEN);
  });

  it('refuses a path that is taken, and a token that can be guessed', async () => {
    for (const pattern of [
      /another stream has \/ws\/events/,
      /a websocket node listens at \/core/,
      /at least 16/,
    ])
      await nodeRed.waitForLine(pattern, 5_000);
  });

  it('tells a slow client how much it missed, and keeps no more for it than its buffer', async () => {
    const slow = await open('ws/token', bearer(TOKEN));
    await slow.hears('stream_ready');
    const { _socket: raw } = slow.socket as unknown as { _socket: Socket };
    raw.pause();
    // More than the kernel's buffers of both sides and the client's own together.
    const filling = 'x'.repeat(200_000);
    const count = 150;
    for (let sent = 0; sent < count; sent += 1) await send({ kind: 'large', filling });
    raw.resume();
    await slow.hears('stream_missed');
    await send({ kind: 'after' });
    await slow.hears('after');
    const notice = slow.heard.filter(({ kind }) => kind === 'stream_missed').at(-1);
    const { missed_in_all: missed } = notice?.['payload'] as { missed_in_all: number };
    assert.ok(missed > 0);
    assert.equal(slow.kinds.filter((kind) => kind === 'large').length, count - missed);
  });

  it('goes on at its path after a deploy, and gives it up with its node', async () => {
    const admin = new NodeRedAdmin(nodeRed.url);
    const deploy = async (flows: FlowNode[]): Promise<void> => {
      const headers = { ...bearer('all'), 'content-type': 'application/json' };
      const from = nodeRed.lines.length;
      await admin.request('flows', { method: 'POST', headers, body: JSON.stringify(flows) });
      await nodeRed.waitForLine(/Started flows/, 10_000, from);
    };
    const before = await open('ws/events', bearer('all'));
    await before.hears('stream_ready');
    await deploy(FLOW);
    await until('it was told', () => before.closed === '1001 the stream was closed');
    const after = await open('ws/events', bearer('all'));
    await after.hears('stream_ready');
    await deploy(FLOW.filter(({ type }) => type !== 'gridwire-stream'));
    await until('it was told', () => after.closed === '1001 the stream was closed');
    // Nobody answers there any more, as at any other path: the connection stays open until who asks gives up.
    const { port } = new URL(nodeRed.url);
    const asking = connect(Number(port), '127.0.0.1');
    let answer = '';
    asking.on('data', (data) => (answer += data.toString()));
    asking.write(
      'GET /ws/events HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    const core = await open('core');
    assert.equal(core.socket.readyState, WebSocket.OPEN);
    assert.equal(answer, '');
    asking.destroy();
  });
});
