import assert from 'node:assert/strict';
import { EditorPage } from '../support/editor-page.js';
import { languages, wordsOf } from '../support/languages.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';

const FLOW: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Test' },
  { id: 'broker', type: 'gridwire-broker', name: 'here', transport: 'memory' },
  { id: 'store', type: 'gridwire-store', name: 'events', kind: 'sqlite', file: '' },
  {
    ...{ id: 'publish', type: 'gridwire-publish', z: 'tab', x: 200, y: 100, broker: 'broker', wires: [[]] },
    ...{ contract: '', topic: 'a', parameters: [] },
  },
];

for (const language of languages().filter((each) => each !== 'en-US')) {
  describe(`the editor and the statuses in the language ${language} (Chromium)`, function () {
    this.timeout(120_000);
    const publish = wordsOf('publish', language);
    const replay = wordsOf('replay', language);
    let nodeRed: NodeRedProcess | undefined;
    let editor: EditorPage | undefined;
    before(async () => {
      nodeRed = await NodeRedProcess.start({ flows: FLOW, settings: { lang: language } });
      editor = await EditorPage.open(nodeRed.url, undefined, language);
    });
    after(async () => {
      await editor?.close();
      await nodeRed?.stop();
    });

    it('names the node in the palette, every label of its panel, and its status', async () => {
      const { page } = editor!;
      const entry = page.locator('.red-ui-palette-node[data-palette-type="gridwire-publish"]');
      const named = await entry.locator('.red-ui-palette-label').innerText();
      assert.equal(
        named.replaceAll(/\s/g, ''),
        publish['gridwire-publish.label.palette']!.replaceAll(/\s/g, ''),
      );
      await page.waitForFunction(
        `RED.nodes.node('publish').status?.text === ${JSON.stringify(publish['gridwire.status.connected'])}`,
      );
      await editor!.edit('publish');
      await editor!.unfold();
      const labels = await page.locator('.gridwire-panel label:visible').allInnerTexts();
      const known = new Set(Object.values(publish));
      assert.ok(labels.length > 8);
      assert.deepEqual(
        labels.map((label) => label.trim()).filter((label) => !known.has(label)),
        [],
      );
      await editor!.done();
    });

    it('counts in the sidebar of the dead letters as the language does', async () => {
      const { page } = editor!;
      await editor!.show('letters');
      const none = replay['gridwire-replay.letters.total_plural']!.replace('__count__', '0');
      await page.locator('.gridwire-letters').getByText(none, { exact: true }).waitFor();
      assert.deepEqual(editor!.errors, []);
    });
  });
}
