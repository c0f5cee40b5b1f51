import assert from 'node:assert/strict';
import { EditorPage } from '../support/editor-page.js';
import { NodeRedProcess } from '../support/node-red-process.js';

/**
 * "Your first event" of the README, step by step and in its words, from an empty palette: what is clicked and what is
 * filled in is counted.
 */
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

  const click = async (selector: string): Promise<void> => {
    clicks += 1;
    await editor!.page.locator(selector).click();
  };
  const drag = async (type: string, x: number, y: number): Promise<string> => {
    clicks += 1;
    return editor!.drag(type, x, y);
  };
  /** A double click on the node opens its panel. */
  const open = async (id: string): Promise<void> => {
    clicks += 1;
    await editor!.edit(id);
  };

  it('takes few clicks and fields to telemetry on a topic, and says what fills each parameter', async () => {
    const { page } = editor!;
    const publish = await drag('gridwire-publish', 500, 200);
    await open(publish);
    assert.ok(await page.locator('#gridwire-broker-offer').isVisible());
    await click('#gridwire-broker-offer-take');

    await page.waitForFunction(
      `[...document.querySelector('#node-input-eventType').options].some(({ value }) => value === 'telemetry')`,
    );
    fields += 1;
    await page.selectOption('#node-input-eventType', 'telemetry');
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
    for (const [index, value] of ['1', 'INV-001'].entries()) {
      fields += 1;
      await rows
        .nth(index)
        .locator('.red-ui-typedInput-input input, input.red-ui-typedInput-input')
        .first()
        .fill(value);
    }
    await click('#gridwire-try-it button');
    await page.locator('#gridwire-try-it [role=status]', { hasText: 'deploy' }).waitFor();
    clicks += 1;
    await editor!.done();

    const subscribe = await drag('gridwire-subscribe', 500, 320);
    await open(subscribe);
    assert.ok(!(await page.locator('#gridwire-broker-offer').isVisible()), 'there is a broker now');
    await page.locator('#node-input-filter').fill('sites/#');
    fields += 1;
    clicks += 1;
    await editor!.done();
    assert.equal(
      await editor!.evaluate(`RED.nodes.node('${subscribe}').broker`),
      await editor!.evaluate(`RED.nodes.node('${publish}').broker`),
      'a new node takes the only broker there is',
    );

    clicks += 1;
    await editor!.deploy();
    const inject = await editor!.evaluate<string>(
      `(() => { let id; RED.nodes.eachNode((node) => { if (node.type === 'inject') id = node.id; }); return id; })()`,
    );
    clicks += 1;
    await nodeRed!.admin.inject(inject);
    await page.waitForFunction(
      `(RED.nodes.node('${publish}').status || {}).text === '1 sent' && (RED.nodes.node('${subscribe}').status || {}).text === '1 received'`,
    );
    assert.ok(clicks <= MOST_CLICKS, `${clicks} clicks`);
    // The filter is the subscriber's; to telemetry on a topic it takes the three of event publish.
    assert.ok(fields - 1 <= MOST_FIELDS, `${fields} fields`);
    assert.deepEqual(editor!.errors, []);
  });

  it('names the values of a folded section in its line, and unfolds by the keyboard', async () => {
    const { page } = editor!;
    const publish = await editor!.evaluate<string>(
      `(() => { let id; RED.nodes.eachNode((node) => { if (node.type === 'gridwire-publish') id = node.id; }); return id; })()`,
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
