import assert from 'node:assert/strict';
import path from 'node:path';
import { EditorPage } from '../support/editor-page.js';
import { NodeRedAdmin } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';

const EXAMPLE = path.resolve(__dirname, '../../examples/live-stream.json');

describe('the page of the example live-stream (Chromium)', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;
  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: EXAMPLE });
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  it('shows events as they pass, and only the kinds that are chosen', async () => {
    const admin = new NodeRedAdmin(nodeRed!.url);
    const { page } = editor!;
    await page.goto(new URL('gridwire-live', nodeRed!.url).href);
    const status = page.getByRole('status');
    const events = page.getByRole('list').locator('li');
    await status.getByText('connected', { exact: true }).waitFor();
    await admin.inject('gw-stream-project');
    await events.getByText('project_created tracker/events/projects/created').waitFor();
    await events.getByText('"name": "Solar roof"').waitFor();

    // A filter that cannot be one is refused before the next; then the next is known to be in force, too.
    const choose = async (kinds: string, topics: string): Promise<void> => {
      await page.getByLabel('Kinds').fill(kinds);
      await page.getByLabel('Topics').fill(topics);
      await page.getByRole('button', { name: 'Show these' }).click();
    };
    await choose('', '#/nonsense');
    await status.getByText(/is not valid/).waitFor();
    await choose('health_check', '');
    await status.getByText('connected', { exact: true }).waitFor();
    await admin.inject('gw-stream-project');
    await admin.inject('gw-stream-health');
    await events.getByText('health_check tracker/events/system/health_check').waitFor();
    assert.equal(await events.count(), 2);
    assert.deepEqual(editor!.errors, []);
  });

  it('asks for a token in the panel only where one is wanted', async () => {
    const { page } = editor!;
    await page.goto(nodeRed!.url);
    await page.waitForSelector('.red-ui-flow-node');
    await editor!.edit('gw-stream-node');
    const token = page.getByLabel('Token');
    assert.equal(await token.isVisible(), false);
    await page.getByLabel('Who may look').selectOption('token');
    await token.waitFor();
    assert.deepEqual(editor!.errors, []);
  });
});
