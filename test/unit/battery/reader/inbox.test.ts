import assert from 'node:assert/strict';
import { Inbox } from '../../../../src/battery/reader/inbox.js';

describe('Inbox', () => {
  it('hands values out in order, whether they came before or after they were asked for', async () => {
    const inbox = new Inbox<number>();
    inbox.push(1);
    assert.equal(await inbox.next(1000), 1);
    const second = inbox.next(1000);
    inbox.push(2);
    inbox.push(3);
    assert.equal(await second, 2);
    assert.equal(await inbox.next(0), 3);
  });

  it('gives undefined when nothing came in time', async () => {
    assert.equal(await new Inbox<number>().next(1), undefined);
  });

  it('hands out what waits before it tells the failure', async () => {
    const inbox = new Inbox<number>();
    inbox.push(1);
    inbox.fail(new Error('link lost'));
    assert.equal(await inbox.next(1000), 1);
    await assert.rejects(inbox.next(1000), /link lost/);
  });

  it('stops waiting when it is given up', async () => {
    const giveUp = new AbortController();
    const waiting = new Inbox<number>().next(60_000, giveUp.signal);
    giveUp.abort(new Error('stopped'));
    await assert.rejects(waiting, /stopped/);
  });

  it('is bounded: the oldest gives way', async () => {
    const inbox = new Inbox<number>();
    for (let value = 0; value < 5000; value += 1) inbox.push(value);
    assert.equal(await inbox.next(0), 5000 - 4096);
  });
});
