import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { EditorPage } from '../support/editor-page.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { ROOT } from '../support/panels.js';

/** What the README's "Your first event" calls by name, in its order: what is not there under that name is not found. */
function wordsOfReadme(): string[] {
  const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const [, steps = ''] = /### Your first event\n\n([^]*?)\n\n/.exec(readme) ?? [];
  return [...steps.matchAll(/\*\*(.+?)\*\*|`(.+?)`|\b_([^_]+)_/g)].map(([, bold, code, italic]) =>
    (bold ?? code ?? italic ?? '').replaceAll(/\s+/g, ' '),
  );
}

/** "Your first event" of the README, step by step and in its words, from an empty palette: clicks and fields are counted. */
describe('the first event, as the README tells it', function () {
  this.timeout(120_000);
  const MOST_CLICKS = 12;
  const MOST_FIELDS = 3;
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;
  let clicks = 0;
  let fields = 0;

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: [{ id: 'tab', type: 'tab', label: 'First' }] });
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  const click = async (what: Locator): Promise<void> => {
    clicks += 1;
    await what.click();
  };
  const fill = async (how: () => Promise<unknown>): Promise<void> => {
    fields += 1;
    await how();
  };
  const drag = async (name: string, x: number, y: number): Promise<string> => {
    clicks += 1;
    const label = editor!.page.getByText(name, { exact: true });
    const entry = editor!.page.locator('.red-ui-palette-node', { has: label });
    const type = await entry.getAttribute('data-palette-type');
    return editor!.drag(type ?? '', x, y);
  };
  /** A double click on the node opens its panel. */
  const open = async (id: string): Promise<void> => {
    clicks += 1;
    await editor!.page.locator(`[id="${id}"] .red-ui-flow-node`).dblclick();
    await editor!.page.waitForSelector('#node-dialog-ok');
  };
  const done = async (): Promise<void> => {
    clicks += 1;
    await editor!.done();
  };
  const status = (id: string, text: string): Promise<unknown> =>
    editor!.page.waitForFunction(`(RED.nodes.node('${id}').status || {}).text === ${JSON.stringify(text)}`);

  it('takes few clicks and fields to telemetry on a topic, and says what fills each parameter', async () => {
    const { page } = editor!;
    const [first = '', useOne = '', type = '', tryIt = '', second = '', filter = '', ...ends] =
      wordsOfReadme();
    const [sent = '', received = ''] = ends;
    const publish = await drag(first, 500, 200);
    await open(publish);
    await click(page.getByRole('button', { name: useOne, exact: true }));
    await fill(() => page.getByLabel('Event type').selectOption({ label: type }));
    const rows = page.locator('#node-input-parameters-list .gridwire-parameter-row');
    await rows.nth(1).waitFor();
    const names = await rows
      .locator('.gridwire-parameter-name')
      .evaluateAll((inputs) => inputs.map((input) => (input as unknown as { value: string }).value));
    assert.deepEqual(names, ['siteId', 'serialNumber']);
    assert.deepEqual(await rows.locator('.gridwire-parameter-hint').allInnerTexts(), [
      'from the payload: siteId',
      'from the payload: serialNumber',
    ]);
    await click(page.getByRole('button', { name: tryIt, exact: true }));
    await page.locator('#gridwire-try-it [role=status]', { hasText: 'deploy' }).waitFor();
    await done();

    const subscribe = await drag(second, 500, 320);
    await open(subscribe);
    assert.ok(!(await page.locator('#gridwire-broker-offer').isVisible()), 'there is a broker now');
    await fill(() => page.locator('#node-input-filter').fill(filter));
    await done();
    assert.equal(
      await editor!.evaluate(`RED.nodes.node('${subscribe}').broker`),
      await editor!.evaluate(`RED.nodes.node('${publish}').broker`),
      'a new node takes the only broker there is',
    );

    clicks += 1;
    await editor!.deploy();
    const inject = await editor!.evaluate<string>(`RED.nodes.filterNodes({ type: 'inject' })[0].id`);
    await click(page.locator(`[id="${inject}"] .red-ui-flow-node-button-button`));
    await status(publish, sent);
    await status(subscribe, received);
    assert.ok(clicks <= MOST_CLICKS, `${clicks} clicks`);
    assert.ok(fields <= MOST_FIELDS, `${fields} fields`);
    assert.deepEqual(editor!.errors, []);
  });

  it('names the values of a folded section in its line, and unfolds by the keyboard', async () => {
    const { page } = editor!;
    const publish = await editor!.evaluate<string>(
      `RED.nodes.filterNodes({ type: 'gridwire-publish' })[0].id`,
    );
    await editor!.edit(publish);
    const section = page.locator('.gridwire-section', { has: page.locator('#node-input-outboxCount') });
    await section.locator('.gridwire-section-values', { hasText: '10000' }).waitFor();
    assert.equal(await page.locator('#node-input-outboxCount').isVisible(), false);
    await section.locator('summary').focus();
    await page.keyboard.press('Enter');
    await page.locator('#node-input-outboxCount').waitFor();
    await page.locator('#node-input-outboxCount').fill('nonsense');
    await page.keyboard.press('Tab');
    await page.locator('#node-input-outboxCount.input-error').waitFor();
    await page.locator('#node-dialog-cancel').click();
  });
});
