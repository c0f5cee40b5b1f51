import assert from 'node:assert/strict';
import { type Partition, partitionsOf, settingDigest } from '../../../src/delivery/partitions/partition.js';
import { type CrashableMosquitto, startMosquitto } from '../../support/mosquitto.js';
import { until } from '../../support/wait.js';
import { needsPostgres, Proxy, TestDatabase } from '../../support/postgres.js';
import { type Member, type MemberOptions, outOfOrder, type Seen, Sender, startMember } from './members.js';

const SITES = [1, 2, 3, 4];
const FOUR = SITES.map((site) => [`sites/${site}/#`]);
const TAKE_OVER = 60_000;

/** A member that has a partition and never connects for it. */
class Ghost {
  private constructor(
    private readonly database: TestDatabase,
    private readonly member: string,
  ) {}

  static async of(database: TestDatabase, partitions: readonly Partition[]): Promise<Ghost> {
    const member = `~ghost/${settingDigest(partitions)}`;
    const scope = database.name;
    const never = Date.now() + 3_600_000;
    await database.query('INSERT INTO gridwire_lease_members VALUES ($1, $2, $3)', [scope, member, never]);
    await database.query('INSERT INTO gridwire_leases VALUES ($1, $2, $3, $4, 0)', [
      ...[scope, partitions[2]?.name, member, never],
    ]);
    return new Ghost(database, member);
  }

  /** Resolves when the others have looked at the leases several times. */
  async outlive(): Promise<void> {
    const renewed = new Set<unknown>();
    await until(
      'the others have renewed their leases',
      () => {
        void this.database
          .query('SELECT expires_at FROM gridwire_lease_members WHERE member <> $1', [this.member])
          .then(([row]) => renewed.add(row?.['expires_at']));
        return renewed.size > 4;
      },
      TAKE_OVER,
    );
  }

  async die(): Promise<void> {
    await this.database.query('UPDATE gridwire_leases SET expires_at = 0 WHERE member = $1', [this.member]);
    await this.database.query('DELETE FROM gridwire_lease_members WHERE member = $1', [this.member]);
  }
}

describe('partitions of an MQTT source (Mosquitto, PostgreSQL)', function () {
  this.timeout(240_000);
  let mosquitto: CrashableMosquitto;
  let database: TestDatabase;
  let seen: Seen[];
  let sender: Sender;
  const members = new Set<Member>();

  before(async function () {
    needsPostgres(this);
    mosquitto = await startMosquitto(this, {
      config: ['allow_anonymous true', 'max_queued_messages 1000000'],
    });
  });
  after(() => mosquitto.stop());
  beforeEach(async () => {
    database = await TestDatabase.create();
    seen = [];
    sender = await Sender.to(mosquitto.port, SITES);
  });
  afterEach(async () => {
    await sender.end();
    await Promise.all([...members].map((member) => member.close()));
    members.clear();
    await database.drop();
  });

  async function join(name: string, more: Partial<MemberOptions> = {}): Promise<Member> {
    const own = { name, port: mosquitto.port, postgres: database.settings, lines: FOUR, seen };
    const member = await startMember({ ...own, ...more });
    members.add(member);
    return member;
  }
  async function leave(member: Member): Promise<void> {
    members.delete(member);
    await member.close();
  }
  const works = (member: Member, count: number) => () => {
    const { held, connected } = member.group.state;
    return held === count && connected === count;
  };
  /** Every partition of the present setting has had its session. */
  async function allReady(count: number): Promise<void> {
    let ready = 0;
    await until(
      'every partition has its session',
      () => {
        void database
          .query('SELECT count(*)::int AS ready FROM gridwire_leases WHERE ready = 1')
          .then(([row]) => (ready = Number(row?.['ready'])));
        return ready === count;
      },
      TAKE_OVER,
    );
  }
  async function nothingIsLost(): Promise<void> {
    await until('all have come out', () => sender.missing(seen).length === 0, 30_000).catch(() => undefined);
    assert.deepEqual(sender.missing(seen), []);
    assert.deepEqual(outOfOrder(seen), []);
  }

  it('are spread over the members that come and go, without a message lost or out of order', async () => {
    const one = await join('one');
    await until('one has all', works(one, 4), TAKE_OVER);
    await allReady(4);
    sender.start();
    const two = await join('two');
    await until('each has two', () => works(one, 2)() && works(two, 2)(), TAKE_OVER);
    const three = await join('three');
    await until('three has one', () => works(three, 1)(), TAKE_OVER);
    await leave(one);
    await until('two and three have all', () => works(two, 2)() && works(three, 2)(), TAKE_OVER);
    await sender.stop();
    await nothingIsLost();
    assert.deepEqual([...new Set(seen.map(({ member }) => member))].sort(), ['one', 'three', 'two']);
    assert.ok(
      seen.length <= [...sender.sent.values()].reduce((sum, last) => sum + last, 0),
      'an orderly hand-over repeats nothing',
    );
  });

  it('go to another member when one loses the database, and the two do not fight over the session', async () => {
    const { proxy, settings } = await Proxy.to(database.settings);
    const cut = await join('cut', { postgres: settings });
    await until('the first has all', works(cut, 4), TAKE_OVER);
    const well = await join('well');
    await until('each has two', () => works(cut, 2)() && works(well, 2)(), TAKE_OVER);
    await allReady(4);
    sender.start();
    proxy.cut();
    await until('the other has all', works(well, 4), TAKE_OVER);
    await until('the first has none', () => cut.group.state.held === 0, TAKE_OVER);
    assert.ok(cut.problems.some(({ code }) => code === 'STORE_UNAVAILABLE'));
    const problems = well.problems.length;
    const from = seen.length;
    await until('the second is at work', () => seen.length > from + 200, TAKE_OVER);
    assert.ok(seen.slice(from).every(({ member }) => member === 'well'));
    assert.equal(well.problems.length, problems, 'its connections stand');
    proxy.mend();
    await until('the first has its half again', works(cut, 2), TAKE_OVER);
    await sender.stop();
    await nothingIsLost();
    await leave(cut);
    await proxy.close();
  });

  it('go on while the database is away, as long as their connections stand', async () => {
    const { proxy, settings } = await Proxy.to(database.settings);
    const only = await join('only', { postgres: settings });
    await until('it has all', works(only, 4), TAKE_OVER);
    await allReady(4);
    sender.start();
    proxy.cut();
    await until('the trouble is noticed', () => only.group.state.trouble !== undefined, TAKE_OVER);
    const from = seen.length;
    await until('it works on', () => seen.length > from + 1_000, TAKE_OVER);
    assert.equal(only.group.state.held, 4);
    proxy.mend();
    await until('the trouble is over', () => only.group.state.trouble === undefined, TAKE_OVER);
    await sender.stop();
    await nothingIsLost();
    await leave(only);
    await proxy.close();
  });

  it('give what no line names to the partition of the rest', async () => {
    const lines = [['sites/1/#'], ['sites/2/#']];
    const one = await join('one', { lines, rest: true });
    const two = await join('two', { lines, rest: true });
    await until('all three are held', () => one.group.state.held + two.group.state.held === 3, TAKE_OVER);
    await allReady(3);
    await sender.send(50);
    await nothingIsLost();
    assert.equal(seen.length, 200, 'nothing comes out twice');
  });

  it('change with the setting: what the broker keeps for the old ones is worked off first', async () => {
    const old = await join('old');
    await until('it has all', works(old, 4), TAKE_OVER);
    await allReady(4);
    await leave(old);
    await sender.send(200);
    const lines = [['sites/1/#', 'sites/2/#'], ['sites/3/#']];
    const ghost = await Ghost.of(database, partitionsOf(lines, 'sites/#', true));
    const anew = await join('anew', { lines, rest: true });
    sender.start();
    await until('the new one has its part', works(anew, 2), TAKE_OVER);
    await ghost.outlive();
    assert.equal(seen.length, 0, 'no old session is ended while a new one is missing');
    await ghost.die();
    await until(
      'the old ones are gone',
      () => anew.group.state.held === 3 && anew.group.state.retiring === 0,
      60_000,
    );
    await sender.stop();
    await nothingIsLost();
    const rows = await database.query('SELECT name FROM gridwire_leases');
    assert.equal(rows.length, 3);
  });

  it('change with the setting while others still work by the old one', async () => {
    const old = await join('old');
    await until('it has all', works(old, 4), TAKE_OVER);
    await allReady(4);
    sender.start();
    const anew = await join('anew', { lines: [['sites/1/#', 'sites/2/#']], rest: true });
    await until('the new ones are connected', works(anew, 2), TAKE_OVER);
    await allReady(6);
    assert.ok(
      seen.every(({ member }) => member === 'old'),
      'the old ones do the work meanwhile',
    );
    await leave(old);
    await until(
      'the old ones are gone',
      () => anew.group.state.held === 2 && anew.group.state.retiring === 0,
      60_000,
    );
    await sender.stop();
    await nothingIsLost();
  });
});
