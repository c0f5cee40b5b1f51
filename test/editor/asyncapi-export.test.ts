import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Parser } from '@asyncapi/parser';
import { EditorPage } from '../support/editor-page.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';

const FLOWS: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Test' },
  { id: 'broker', type: 'gridwire-broker', name: 'here', transport: 'memory' },
  {
    ...{ id: 'publish', type: 'gridwire-publish', z: 'tab', x: 200, y: 100, broker: 'broker', wires: [[]] },
    ...{ contract: 'powergrid', dialect: 'documented', eventType: 'actions', parameters: [] },
  },
];

describe('AsyncAPI export in the editor (Chromium)', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: FLOWS });
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  const shown = async (title: string): Promise<string> => {
    await editor!.page.waitForFunction(
      `document.querySelector('#gridwire-export-text')?.value.includes(${JSON.stringify(title)})`,
    );
    return editor!.page.inputValue('#gridwire-export-text');
  };

  it('is found in the main menu, and shows what the deployed flows send', async () => {
    const { page } = editor!;
    await page.click('#red-ui-header-button-sidemenu');
    await page.hover('#gridwire-menu');
    await page.click('#gridwire-menu-export-asyncapi');
    const document = JSON.parse(await shown('Gridwire flows')) as {
      operations: Record<string, { action: string }>;
    };
    assert.deepEqual(
      Object.values(document.operations).map(({ action }) => action),
      ['send'],
    );
  });

  it('saves a contract in a dialect as a file that the official parser accepts', async () => {
    const { page } = editor!;
    await page.waitForFunction(`document.querySelector('#gridwire-export-choice').options.length > 8`);
    await page.selectOption('#gridwire-export-choice', 'battery-hawk/deployed');
    await shown('batteryhawk/');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('#gridwire-export-save'),
    ]);
    assert.equal(download.suggestedFilename(), 'battery-hawk-deployed.asyncapi.json');
    const { diagnostics } = await new Parser().parse(await readFile(await download.path(), 'utf8'));
    assert.deepEqual(
      diagnostics.filter(({ severity }) => (severity as number) === 0).map(({ message }) => message),
      [],
    );
  });

  it('offers every contract in every dialect', async () => {
    const options = await editor!.page
      .locator('#gridwire-export-choice option')
      .evaluateAll((all) => all.map((each) => (each as unknown as { value: string }).value));
    assert.deepEqual(options.sort(), [
      'battery-hawk/deployed',
      'battery-hawk/documented',
      'battery-hawk/publisher',
      'celine-dt/deployed',
      'celine-dt/documented',
      'ecogrid-ems/deployed',
      'ecogrid-ems/documented',
      'flows',
      'powergrid/deployed',
      'powergrid/documented',
      'taylordash/deployed',
      'taylordash/documented',
    ]);
    assert.deepEqual(editor!.errors, []);
  });
});
