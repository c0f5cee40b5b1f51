import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { EditorPage } from '../support/editor-page.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { letter, message } from '../unit/store/helpers.js';

const FLOW: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Test' },
  { id: 'broker', type: 'gridwire-broker', name: 'here', transport: 'memory' },
  { id: 'store', type: 'gridwire-store', name: 'events', kind: 'sqlite', file: '' },
  {
    ...{ id: 'dlq', type: 'gridwire-dlq', z: 'tab', x: 200, y: 100, wires: [[]], name: 'letters' },
    ...{ broker: 'broker', store: 'store', contract: 'taylordash', dialect: 'documented' },
  },
];
const TOPIC = 'tracker/events/projects/created';
const GOOD = {
  trace_id: '550e8400-e29b-41d4-a716-446655440000',
  ts: '2025-01-15T10:30:00.000Z',
  kind: 'project_created',
  idempotency_key: 'project_created_1642247400_a1b2c3d4',
  payload: {
    project_id: '550e8400-e29b-41d4-a716-446655440000',
    name: '<img src=x onerror="window.hacked=true">',
    status: 'active',
    created_by: 'ana',
  },
};
/** A thousand in all. */
const HOSTILE = {
  '<img src=x onerror="window.hacked=true">': '<script>window.hacked=true</script>',
  '\u202eevil': '\u202egnp.exe',
  '__name__ $t(gridwire-replay:letters.close)': 'a\u0000b\r\nc',
  long: 'L'.repeat(100_000),
  ['n'.repeat(5_000)]: 'v',
  ...Object.fromEntries(Array.from({ length: 995 }, (_, at) => [`h${at}`, 'x'])),
};
const BAD = { ...GOOD, trace_id: 'none' };

describe('letters sidebar (Chromium)', function () {
  this.timeout(120_000);
  let userDir: string;
  let file: string;
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  before(async () => {
    userDir = mkdtempSync(path.join(os.tmpdir(), 'gridwire-letters-'));
    const second = letter(TOPIC, { ...BAD, idempotency_key: 'second' }, { failedAt: Date.now() });
    const store = await openSqliteStore({ kind: 'sqlite', file: path.join(userDir, 'gridwire', 'store.db') });
    await store.deadLetters.add([
      letter(TOPIC, BAD, { reason: '<b>trace_id</b> is no UUID', failedAt: Date.now() - 60_000 }),
      { ...second, message: { ...second.message, headers: HOSTILE } },
      letter('binary/\u202egnp.exe', new Uint8Array([0xff, 0, 0x61]), {
        code: 'BODY_NOT_JSON',
        failedAt: Date.now(),
      }),
    ]);
    const parked = { attempts: 2, nextAttemptAt: Date.now() + 1e9, reason: 'the flow said no' };
    await store.parked.park('gone', [{ ...parked, key: 'k', message: message('p/1') }]);
    await store.close();
    nodeRed = await NodeRedProcess.start({ flows: FLOW, userDir });
    editor = await EditorPage.open(nodeRed.url);
    await editor.show('letters');
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  const sidebar = () => editor!.page.locator('.gridwire-letters');
  const rows = () => sidebar().locator('.gridwire-letters-view:visible .gridwire-letters-list > li');
  const confirm = async (verb: string) => {
    const button = editor!.page
      .locator('.red-ui-notification')
      .getByRole('button', { name: verb, exact: true });
    await button.click();
    // The question goes slowly, and the next one must not be taken for it.
    await button.waitFor({ state: 'detached' });
  };

  it('lists what waits, filters it by reason, and shows everything as text', async () => {
    await sidebar().getByText('3 letters').waitFor();
    assert.equal(await rows().count(), 3);
    assert.match(await rows().nth(2).innerText(), /<b>trace_id<\/b> is no UUID/);
    await sidebar().getByLabel('Reason').selectOption('BODY_NOT_JSON');
    await sidebar().getByText('1 letter', { exact: true }).waitFor();
    assert.match(await rows().first().innerText(), /^binary\/\\u202egnp\.exe/);
    await sidebar().getByLabel('Reason').selectOption('');
    await sidebar().getByText('3 letters').waitFor();
    assert.doesNotMatch(await sidebar().innerText(), /gridwire[-.][\w-]+\.\w/, 'an untranslated key shows');
  });

  it('shows hostile headers each beside its own name, as far as anybody reads, and the body below them', async () => {
    const { page } = editor!;
    await rows().nth(1).getByRole('button', { name: 'Open' }).click();
    const view = page.locator('.gridwire-letter');
    await view.getByText('970 more, which the export of the list has').waitFor();
    const facts = view.locator('dl');
    const names = await facts.locator('dt').allInnerTexts();
    const values = await facts.locator('dd').allInnerTexts();
    const valueOf = (name: string): string | undefined => values[names.indexOf(`Header ${name}`)];
    assert.equal(valueOf('<img src=x onerror="window.hacked=true">'), '<script>window.hacked=true</script>');
    assert.equal(valueOf('\\u202eevil'), '\\u202egnp.exe');
    assert.equal(valueOf('__name__ $t(gridwire-replay:letters.close)'), 'a\\u0000b\\u000d\\u000ac');
    assert.equal(valueOf('long'), `${'L'.repeat(2_000)} … (100000 characters)`);
    assert.equal(valueOf(`${'n'.repeat(200)} … (5000 characters)`), 'v');
    // What stands beside a name is its value.
    const tops = `[...document.querySelectorAll('.gridwire-letter dl > *')].map((each) => each.getBoundingClientRect().top)`;
    const places = await editor!.evaluate<number[]>(tops);
    assert.deepEqual(
      places.filter((_top, index) => index % 2 === 0),
      places.filter((_top, index) => index % 2 === 1),
    );
    assert.equal(await editor!.evaluate('window.hacked'), undefined);
    await page.locator('#gridwire-letter-close').click();
    await view.waitFor({ state: 'detached' });
  });

  it('shows bytes that are no text as hexadecimal digits', async () => {
    const { page } = editor!;
    await rows().first().getByRole('button', { name: 'Open' }).click();
    const body = page.locator('.gridwire-letter').getByLabel('Body');
    assert.equal(await body.inputValue(), 'ff 00 61');
    await page.locator('#gridwire-letter-close').click();
    await page.locator('.gridwire-letter').waitFor({ state: 'detached' });
  });

  it('groups them by reason, finds words, and says on its tab how many wait', async () => {
    const { page } = editor!;
    await page.locator('.gridwire-badge', { hasText: '3' }).waitFor({ state: 'attached' });
    const groups = sidebar().locator('.gridwire-letters-groups');
    await groups.locator('summary').click();
    await groups.locator('li', { hasText: '<b>trace_id</b> is no UUID' }).locator('button').click();
    await sidebar().getByText('1 letter', { exact: true }).waitFor();
    assert.equal(await rows().count(), 1);
    await groups.locator('li button[aria-pressed="true"]').click();
    await sidebar().getByText('3 letters').waitFor();
    const search = sidebar().getByLabel('Search');
    await search.fill('binary');
    await search.press('Tab');
    await sidebar().getByText('1 letter', { exact: true }).waitFor();
    await search.fill('');
    await search.press('Tab');
    await sidebar().getByText('3 letters').waitFor();
    await rows().first().locator('input[type=checkbox]').check();
    await sidebar().getByText('Selected: 1').waitFor();
    await rows().first().locator('input[type=checkbox]').uncheck();
    await groups.locator('summary').click();
  });

  it('repairs a letter by hand: refused while it breaks its contract, sent when it keeps to it', async () => {
    const { page } = editor!;
    await rows().nth(2).getByRole('button', { name: 'Open' }).click();
    const letterView = page.locator('.gridwire-letter');
    const body = letterView.getByLabel('Body');
    assert.deepEqual(JSON.parse(await body.inputValue()), BAD);
    await letterView.getByRole('button', { name: 'Check' }).click();
    await letterView
      .getByText(/trace_id/)
      .last()
      .waitFor();
    await body.fill(JSON.stringify(GOOD));
    await letterView.getByRole('button', { name: 'Check' }).click();
    await letterView.getByText(/It keeps to its contract/).waitFor();
    await letterView.getByRole('button', { name: 'Send again' }).click();
    await letterView.getByText('Sent, and acknowledged by the broker.').waitFor();
    assert.doesNotMatch(await letterView.innerText(), /gridwire[-.][\w-]+\.\w/, 'an untranslated key shows');
    await page.locator('#gridwire-letter-close').click();
    await sidebar().getByText('2 letters').waitFor();
    assert.equal(await editor!.evaluate('window.hacked'), undefined);
  });

  it('looks first at what a repair of the ticked letters would do, and of no other', async () => {
    await sidebar().getByText('All letters of this list').click();
    await rows().nth(1).locator('input[type=checkbox]').check();
    await sidebar().getByText('The selected letters: 1').waitFor();
    await sidebar().getByLabel('JSONata patch').fill(`$merge([payload, {"trace_id": "${GOOD.trace_id}"}])`);
    await sidebar().getByRole('button', { name: 'Look first' }).click();
    await sidebar().getByText('Of 1 letter looked at, 1 would be sent. Nothing was sent.').waitFor();
    await rows().nth(1).locator('input[type=checkbox]').uncheck();
    await sidebar().getByText('All letters of this list').click();
  });

  it('repairs all letters of the list by an expression', async () => {
    await sidebar().getByLabel('Topic').fill('tracker/#');
    await sidebar().getByLabel('Topic').press('Tab');
    await sidebar().getByText('1 letter', { exact: true }).waitFor();
    await sidebar().getByText('All letters of this list').click();
    await sidebar().getByLabel('JSONata patch').fill(`$merge([payload, {"trace_id": "${GOOD.trace_id}"}])`);
    await sidebar().getByRole('button', { name: 'Repair all 1' }).click();
    await confirm('Repair');
    await sidebar().getByText('1 sent, 0 failed.').waitFor();
    await sidebar().getByText('0 letters').waitFor();
    await sidebar().getByLabel('Topic').fill('');
    await sidebar().getByLabel('Topic').press('Tab');
    await sidebar().getByText('1 letter', { exact: true }).waitFor();
  });

  it('saves the list as a file', async () => {
    const [saved] = await Promise.all([
      editor!.page.waitForEvent('download'),
      sidebar().getByRole('button', { name: 'Export this list' }).click(),
    ]);
    file = path.join(userDir, 'letters.jsonl');
    await saved.saveAs(file);
    assert.equal(readFileSync(file, 'utf8').trim().split('\n').length, 1);
  });

  it('gives up a letter and a waiting message, after asking, and the log says who', async () => {
    await rows().first().getByRole('button', { name: 'Discard' }).click();
    await confirm('Discard');
    await sidebar().getByText('0 letters').waitFor();
    await sidebar().getByRole('tab', { name: 'Queues' }).click();
    await sidebar().getByText('To be tried again: gone').click();
    await rows().first().getByRole('button', { name: 'Discard' }).click();
    await confirm('Discard');
    await sidebar().getByText('Nothing waits.').waitFor();
    await sidebar().getByRole('tab', { name: 'Log' }).click();
    await sidebar().getByText('Newest first').waitFor();
    const log = await rows().allInnerTexts();
    assert.deepEqual(
      log.map((entry) => entry.split('\n')[0]),
      ['Discarded', 'Discarded', 'Sent again', 'Sent again'],
    );
    assert.ok(log.every((entry) => entry.includes('nobody logged in')));
  });

  it('takes the letters of a file in again, to the byte', async () => {
    await sidebar().getByRole('tab', { name: 'Letters' }).click();
    await sidebar().getByText('0 letters').waitFor();
    await sidebar().locator('input[type=file]').setInputFiles(file);
    await sidebar().getByText('Letters imported, which wait now: 1.').waitFor();
    await rows().first().getByRole('button', { name: 'Open' }).click();
    const body = editor!.page.locator('.gridwire-letter').getByLabel('Body');
    assert.equal(await body.inputValue(), 'ff 00 61');
    await editor!.page.locator('#gridwire-letter-close').click();
  });

  it('takes a discarded letter back, and the question before it says how', async () => {
    const { page } = editor!;
    await rows().first().getByRole('button', { name: 'Discard' }).click();
    await page
      .locator('.red-ui-notification')
      .getByText('choose the state “discarded”, and open it')
      .waitFor();
    await confirm('Discard');
    await sidebar().getByText('0 letters').waitFor();
    await sidebar().getByLabel('State').selectOption({ label: 'discarded' });
    await sidebar().getByText('2 letters').waitFor();
    await rows().first().getByRole('button', { name: 'Open' }).click();
    const letterView = page.locator('.gridwire-letter');
    await letterView.getByRole('button', { name: 'Take back' }).click();
    await letterView.getByText('It waits again.').waitFor();
    assert.ok(!(await letterView.getByRole('button', { name: 'Take back' }).isVisible()));
    await page.locator('#gridwire-letter-close').click();
    await sidebar().getByText('1 letter', { exact: true }).waitFor();
    await sidebar().getByLabel('State').selectOption({ label: 'waiting' });
    await sidebar().getByText('1 letter', { exact: true }).waitFor();
    await rows().first().getByRole('button', { name: 'Discard' }).waitFor();
  });

  it('has a label for every control, and the browser has nothing to complain about', async () => {
    const unlabelled = await editor!.evaluate<number>(
      `[...document.querySelectorAll('.gridwire-letters select, .gridwire-letters input, .gridwire-letters textarea')]
        .filter((control) => control.labels.length === 0).length`,
    );
    assert.equal(unlabelled, 0);
    // A refused check is an answer of status 400, which browsers report as an error.
    assert.deepEqual(
      editor!.errors.filter((error) => !error.includes('status of 400')),
      [],
    );
  });
});
