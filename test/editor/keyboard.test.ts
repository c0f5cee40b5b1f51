import { EditorPage } from '../support/editor-page.js';
import { Keyboard } from '../support/keyboard.js';
import { NodeRedProcess } from '../support/node-red-process.js';

describe('by the keyboard alone (Chromium)', function () {
  this.timeout(180_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  afterEach(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  it('the first event goes out', async () => {
    nodeRed = await NodeRedProcess.start({ flows: [{ id: 'tab', type: 'tab', label: 'First' }] });
    editor = await EditorPage.open(nodeRed.url);
    const keys = new Keyboard(editor);
    const { page } = editor;
    const publish = await keys.add('event publish');
    await keys.openSelected();
    await keys.tabTo('#gridwire-broker-offer-take');
    await keys.press('Enter');
    await page.waitForFunction(
      `[...document.querySelector('#node-input-eventType').options].some(({ value }) => value === 'telemetry')`,
    );
    await keys.tabTo('#node-input-eventType');
    await keys.choose('#node-input-eventType', 'telemetry');
    await keys.tabTo('#gridwire-try-it button');
    await keys.press('Enter');
    await page.locator('#gridwire-try-it [role=status]', { hasText: 'deploy' }).waitFor();
    await keys.done();
    const subscribe = await keys.add('event subscribe');
    await keys.openSelected();
    await keys.tabTo('#node-input-filter');
    await keys.type('sites/#');
    await keys.done();
    await keys.press('Control+d');
    await page.waitForFunction('!RED.nodes.dirty()');
    // Up from subscribe to publish, and left of that is what it is tried with.
    await keys.action('Go to nearest node above');
    await keys.action('Go to nearest node on left');
    await keys.action('Trigger selected nodes action');
    await page.waitForFunction(
      `(RED.nodes.node('${publish}').status || {}).text === '1 sent' && (RED.nodes.node('${subscribe}').status || {}).text === '1 received'`,
    );
  });
});
