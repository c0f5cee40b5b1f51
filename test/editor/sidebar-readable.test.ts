import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BUSY_FLOW, fillStore } from '../support/busy-flow.js';
import { unreadable } from '../support/cut-text.js';
import { EditorPage } from '../support/editor-page.js';
import { flat, languages, sharedWords } from '../support/languages.js';
import { NodeRedProcess } from '../support/node-red-process.js';

/** What a section shows when it has come to show something, in words that no language changes. */
const CONTENT: Record<string, readonly string[]> = {
  overview: ['127.0.0.1:9', 'near', 'events'],
  live: ['sites/7/devices/INV-001/telemetry'],
  letters: ['sites/1/devices/INV-001/telemetry', 'community-of-the-northern-valley'],
  devices: ['INV-001', 'INV-002', 'NEW-1-2026-04-000000017'],
  grid: ['MG1-ESS1'],
  batteries: ['02:47:57:00:00:01', '02:47:57:00:00:99'],
};
const VIEWS_OF_LETTERS = 4;

for (const language of languages()) {
  describe(`nothing is cut in a sidebar that has much to show, in the language ${language} (Chromium)`, function () {
    this.timeout(180_000);
    let userDir: string;
    let nodeRed: NodeRedProcess | undefined;
    let editor: EditorPage | undefined;

    before(async () => {
      userDir = mkdtempSync(path.join(os.tmpdir(), 'gridwire-busy-'));
      await fillStore(userDir);
      nodeRed = await NodeRedProcess.start({ flows: BUSY_FLOW, userDir, settings: { lang: language } });
      editor = await EditorPage.open(nodeRed.url, undefined, language);
    });
    after(async () => {
      await editor?.close();
      await nodeRed?.stop();
      rmSync(userDir, { recursive: true, force: true });
    });

    const unfold = (section: string): Promise<unknown> =>
      editor!.evaluate(
        `document.querySelectorAll('#gridwire-sidebar-${section} details').forEach((each) => { each.open = true; })`,
      );

    for (const [section, shown] of Object.entries(CONTENT)) {
      it(`in ${section}`, async () => {
        await editor!.show(section);
        const root = `#gridwire-sidebar-${section}`;
        for (const text of shown)
          await editor!.page.waitForFunction(
            `document.querySelector('${root}').textContent.includes(${JSON.stringify(text)})`,
            undefined,
            { timeout: 60_000 },
          );
        assert.deepEqual(await unreadable(editor!, root), []);
        await unfold(section);
        assert.deepEqual(await unreadable(editor!, root), [], 'unfolded');
      });
    }

    it('numbers are written as in that language', async () => {
      await editor!.show('grid');
      const point = language === 'de' ? ',' : '\\.';
      await editor!.page.waitForFunction(
        `/\\d${point}\\d{3} MW/.test(document.querySelector('#gridwire-sidebar-grid').textContent)`,
      );
    });

    it('and what to do stands there in a language other than that of the sentence', async () => {
      const words = flat(sharedWords(language));
      await editor!.show('overview');
      const overview = editor!.page.locator('#gridwire-sidebar-overview');
      await overview.getByText('BROKER_UNREACHABLE). Events for it wait').waitFor();
      const shown = await overview.innerText();
      assert.equal(shown.includes(words['condition-remedy.broker-away']!), language !== 'en-US');
    });

    it('in each view of the letters, and where some are chosen', async () => {
      const { page } = editor!;
      await editor!.show('letters');
      const root = '#gridwire-sidebar-letters';
      const views = page.locator(`${root} .gridwire-letters`).getByRole('tab');
      assert.equal(await views.count(), VIEWS_OF_LETTERS);
      await page.locator(`${root} .gridwire-letters-list input[type=checkbox]`).first().check();
      for (let view = 0; view < VIEWS_OF_LETTERS; view += 1) {
        await views.nth(view).click();
        await unfold('letters');
        assert.deepEqual(await unreadable(editor!, root), [], await views.nth(view).innerText());
      }
    });

    it('in the tabs above them', async () => {
      assert.deepEqual(await unreadable(editor!, '.gridwire-sidebar-tabs'), []);
    });
  });
}
