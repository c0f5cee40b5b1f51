import assert from 'node:assert/strict';
import { EditorPage } from '../support/editor-page.js';
import { NodeRedProcess } from '../support/node-red-process.js';

describe('the sidebar Gridwire (Chromium)', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;
  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: [{ id: 'tab', type: 'tab', label: 'Test' }] });
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  const tabs = () => editor!.page.getByRole('tablist', { name: 'Gridwire' });
  const selected = () => tabs().getByRole('tab', { selected: true }).innerText();

  it('is one tab with a section for each thing there is to see', async () => {
    await editor!.show('grid');
    assert.deepEqual(await tabs().getByRole('tab').allInnerTexts(), [
      'Overview',
      'Live',
      'Letters',
      'Devices',
      'Grid',
      'Batteries',
    ]);
    assert.equal(await selected(), 'Grid');
    assert.equal(await editor!.page.getByRole('tabpanel', { name: 'Letters' }).isVisible(), false);
  });

  it('is walked through by the arrow keys, round and to both ends', async () => {
    await tabs().getByRole('tab', { selected: true }).focus();
    const labels = await tabs().getByRole('tab').allInnerTexts();
    const visited: string[] = [];
    for (const key of ['Home', ...labels.map(() => 'ArrowRight'), 'ArrowLeft', 'End']) {
      await editor!.page.keyboard.press(key);
      const label = await selected();
      visited.push(label);
      await editor!.page.getByRole('tabpanel', { name: label }).waitFor();
      assert.equal(await editor!.page.evaluate(`document.activeElement.textContent`), label);
    }
    const [first, ...others] = labels;
    assert.deepEqual(visited, [first, ...others, first, labels.at(-1), labels.at(-1)]);
    assert.deepEqual(editor!.errors, []);
  });
});
