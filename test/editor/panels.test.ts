import assert from 'node:assert/strict';
import type { FlowNode } from '../support/node-red-admin.js';
import { EditorPage } from '../support/editor-page.js';
import { NodeRedProcess } from '../support/node-red-process.js';

const CONFIG: FlowNode[] = [
  { id: 'broker', type: 'gridwire-broker', name: 'here', transport: 'memory' },
  { id: 'devices', type: 'gridwire-devices', devices: [], policy: 'hold' },
];
const TAB: FlowNode = { id: 'tab', type: 'tab', label: 'Test' };

describe('editor panels (Chromium)', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: [TAB, ...CONFIG] });
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  const palette: [type: string, outputs: number, label: string][] = [
    ['gridwire-publish', 1, 'event publish'],
    ['gridwire-subscribe', 2, 'event subscribe'],
    ['gridwire-ingest', 3, 'telemetry ingest'],
    ['gridwire-validate', 2, 'validate'],
    ['gridwire-dlq', 1, 'dlq'],
    ['gridwire-metrics', 1, 'metrics'],
    ['gridwire-health', 1, 'health'],
    ['gridwire-alarm', 1, 'alarm'],
  ];
  palette.forEach(([type, outputs, label], index) => {
    it(`${type}: drag, open, choose, close; the palette says "${label}" and every text is translated`, async () => {
      const { page } = editor!;
      const shown = await page
        .locator(`.red-ui-palette-node[data-palette-type="${type}"] .red-ui-palette-label`)
        .innerText();
      assert.equal(shown.replaceAll(/\s+/g, ' ').trim(), label);
      const id = await editor!.drag(type, 300, 100 + index * 90);
      await editor!.edit(id);
      const panel = page.locator('#dialog-form');
      if ((await page.locator('#node-input-broker').count()) > 0)
        await page.selectOption('#node-input-broker', 'broker');
      if ((await page.locator('#node-input-devices').count()) > 0)
        await page.selectOption('#node-input-devices', 'devices');
      if ((await page.locator('#node-input-contract').count()) > 0)
        await page.waitForFunction(
          `[...document.querySelector('#node-input-contract').options].some((each) => each.textContent === 'EcoGrid EMS')`,
        );
      assert.doesNotMatch(await panel.innerText(), /gridwire[-.][\w-]+\.\w/, 'an untranslated key shows');
      await editor!.done();
      assert.equal(await editor!.evaluate(`RED.nodes.node('${id}').outputs`), outputs);
    });
  });

  it('every control of every panel has a label', async () => {
    for (const [type] of palette) {
      await editor!.edit(await idOf(type));
      assert.deepEqual(await unlabelled(), [], type);
      await editor!.done();
    }
    for (const [type, id] of CONFIG.map((node) => [node.type, node.id] as const)) {
      await editor!.editConfig(type, id);
      assert.deepEqual(await unlabelled(), [], type);
      await editor!.done(true);
    }
  });

  it("shows the contract's thresholds, and gives alerts an output of their own only while they are on", async () => {
    const { page } = editor!;
    const id = await idOf('gridwire-ingest');
    const stored = (): Promise<unknown[]> =>
      editor!.evaluate(
        `(({ outputs, alerts, alertRules }) => [outputs, alerts, alertRules])(RED.nodes.node('${id}'))`,
      );
    const open = async (): Promise<void> => {
      await editor!.edit(id);
      await page.waitForFunction(
        `document.querySelectorAll('#node-input-alertRules-list [data-field="limit"]').length > 0`,
      );
    };
    await open();
    const section = page.locator('details', { has: page.locator('#node-input-alerts') });
    await section.locator('summary').click();
    await page.locator('#node-input-alerts').check();
    await editor!.done();
    assert.deepEqual(await stored(), [4, true, []], "the contract's own thresholds are not copied");

    await open();
    await page.locator('#node-input-alertRules-list [data-field="limit"]').first().fill('95');
    await editor!.done();
    const [, , rules] = (await stored()) as [number, boolean, Record<string, string>[]];
    assert.equal(rules.length, 11);
    assert.equal(rules[0]?.['limit'], '95');

    await open();
    await page.locator('#node-input-alertRules-list [data-field="limit"]').first().fill('90');
    await page.locator('#node-input-alerts').uncheck();
    await editor!.done();
    assert.deepEqual(await stored(), [3, false, []]);
  });

  it('shows the names and thresholds of the service that is chosen', async () => {
    const { page } = editor!;
    const id = await idOf('gridwire-ingest');
    const names = (): Promise<string[]> =>
      page
        .locator('#node-input-alertRules-list [data-field="type"]')
        .evaluateAll((inputs) => inputs.map((input) => (input as unknown as { value: string }).value));
    await editor!.edit(id);
    await page.waitForFunction(`document.querySelectorAll('#node-input-alertSet option').length === 2`);
    const section = page.locator('details', { has: page.locator('#node-input-alerts') });
    if (!(await page.locator('#node-input-alerts').isVisible())) await section.locator('summary').click();
    await page.locator('#node-input-alerts').check();
    assert.ok((await names()).includes('TEMPERATURE_HIGH'));
    await page.locator('#node-input-alertSet').selectOption('device');
    assert.deepEqual(await names(), [
      ...['HIGH_TEMPERATURE', 'LOW_SOC', 'HIGH_PANEL_TEMPERATURE', 'LOW_UTILIZATION'],
    ]);
    await editor!.done();
    const kept = await editor!.evaluate<unknown>(
      `(({ alertSet, alertRules }) => [alertSet, alertRules])(RED.nodes.node('${id}'))`,
    );
    assert.deepEqual(kept, ['device', []]);
    await editor!.edit(id);
    await page.waitForFunction(`document.querySelector('#node-input-alertSet').value === 'device'`);
    assert.ok((await names()).includes('LOW_SOC'));
    await page.locator('#node-input-alertSet').selectOption('notification');
    await page.locator('#node-input-alerts').uncheck();
    await editor!.done();
  });

  it('shows the topic an event goes to while its parameters are typed', async () => {
    const { page } = editor!;
    await editor!.edit(await idOf('gridwire-publish'));
    await page.selectOption('#node-input-contract', 'ecogrid-ems');
    await page.waitForFunction(
      `[...document.querySelector('#node-input-eventType').options].some((each) => each.value === 'commands')`,
    );
    await page.selectOption('#node-input-eventType', 'commands');
    const topic = page.locator('.gridwire-preview-topic');
    await page.waitForFunction(
      `document.querySelector('.gridwire-preview-topic')?.textContent === 'sites/{siteId}/devices/{serialNumber}/commands'`,
    );
    assert.match(await page.locator('.gridwire-preview-rules').innerText(), /QoS 2 .* expires after 60 s/);
    await page.locator('.gridwire-parameter-row input.red-ui-typedInput-input').first().fill('7');
    await page.locator('.gridwire-parameter-name').first().focus();
    assert.equal(await topic.innerText(), 'sites/7/devices/{serialNumber}/commands');
    await editor!.done();
    const stored = await editor!.evaluate<unknown>(
      `RED.nodes.node('${await idOf('gridwire-publish')}').parameters`,
    );
    assert.deepEqual(stored, [{ name: 'siteId', value: '7', type: 'str' }]);
  });

  it('says that a contract is unknown, and goes on with another one; a hint stands where a parameter is empty', async () => {
    const { page } = editor!;
    await editor!.evaluate(
      `RED.nodes.import([{ id: 'unknown', type: 'gridwire-publish', z: 'tab', broker: 'broker', contract: 'of-tomorrow',
        dialect: 'documented', eventType: 'x', parameters: [{ name: 'siteId', value: '7', type: 'str' }], x: 600, y: 700,
        wires: [[]] }]); true`,
    );
    await editor!.edit('unknown');
    await page.getByText('There is no contract of-tomorrow. Choose another one.').waitFor();
    await page.selectOption('#node-input-contract', 'ecogrid-ems');
    await page.selectOption('#node-input-eventType', 'telemetry');
    const rows = page.locator('#node-input-parameters-list .gridwire-parameter-row');
    await rows.nth(1).waitFor();
    const hints = rows.locator('.gridwire-parameter-hint');
    assert.equal(await hints.nth(0).isVisible(), false, 'siteId has a value of its own');
    assert.equal(await hints.nth(1).innerText(), 'from the payload: serialNumber');
    const widths = await editor!.evaluate<[name: number, column: number]>(`(() => {
      const row = document.querySelector('#node-input-parameters-list .gridwire-parameter-row');
      return [row.firstElementChild.offsetWidth, parseFloat(getComputedStyle(row).gridTemplateColumns)];
    })()`);
    assert.ok(widths[0] >= widths[1] - 1, `a name has its whole column: ${String(widths)}`);
    await rows.nth(1).locator('input.red-ui-typedInput-input').press('7');
    await hints.nth(1).waitFor({ state: 'hidden' });
    await page.locator('#node-dialog-cancel').click();
    await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
    await editor!.evaluate(`RED.nodes.remove('unknown')`);
  });

  it('marks what cannot work and says why', async () => {
    const id = await idOf('gridwire-publish');
    await editor!.edit(id);
    await editor!.unfold();
    await editor!.page.fill('#node-input-outboxCount', 'many');
    await editor!.done();
    assert.equal(await editor!.evaluate(`RED.nodes.node('${id}').valid`), false);
    const reasons = await editor!.evaluate<string[]>(`RED.nodes.node('${id}').validationErrors.map(String)`);
    assert.match(reasons.join(' '), /must be a whole number from 1 to 1000000/);
    await editor!.edit(id);
    await editor!.unfold();
    await editor!.page.fill('#node-input-outboxCount', '500');
    await editor!.done();
    assert.equal(await editor!.evaluate(`RED.nodes.node('${id}').valid`), true);
  });

  it('imports devices from a CSV file into the registry', async () => {
    const { page } = editor!;
    await editor!.editConfig('gridwire-devices', 'devices');
    const csv =
      'serialNumber,id,type,site,name\nINV-001,123,SOLAR_INVERTER,1,Roof\nBAT-001,124,BATTERY_STORAGE,1,Cellar\n';
    await page.setInputFiles('#gridwire-devices-file', {
      name: 'devices.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(csv),
    });
    await page.waitForFunction(`document.querySelectorAll('.gridwire-device-row').length === 2`);
    await editor!.done(true);
    const stored = await editor!.evaluate<unknown>(`RED.nodes.node('devices').devices`);
    assert.deepEqual(stored, [
      { serialNumber: 'INV-001', id: 123, type: 'SOLAR_INVERTER', site: 1, name: 'Roof' },
      { serialNumber: 'BAT-001', id: 124, type: 'BATTERY_STORAGE', site: 1, name: 'Cellar' },
    ]);
  });

  it('deploys, and the runtime has what the panels said', async () => {
    const ingest = await idOf('gridwire-ingest');
    await editor!.edit(ingest);
    await editor!.done();
    const subscribe = await idOf('gridwire-subscribe');
    await editor!.edit(subscribe);
    await editor!.page.selectOption('#node-input-contract', '');
    await editor!.page.fill('#node-input-filter', 'sites/#');
    await editor!.done();
    await editor!.deploy();
    const flows = await nodeRed!.admin.flows();
    const publish = flows.find(({ type }) => type === 'gridwire-publish');
    assert.equal(publish?.['eventType'], 'commands');
    assert.equal(publish['broker'], 'broker');
    assert.equal(flows.find(({ id }) => id === subscribe)?.['filter'], 'sites/#');
    assert.equal((flows.find(({ id }) => id === 'devices')?.['devices'] as unknown[]).length, 2);
  });

  it('exports what was built, without secrets', async () => {
    const exported = await editor!.evaluate<string>(
      `JSON.stringify(RED.nodes.createExportableNodeSet(RED.nodes.filterNodes({})))`,
    );
    const types = (JSON.parse(exported) as FlowNode[]).map(({ type }) => type);
    for (const [type] of palette) assert.ok(types.includes(type), type);
    assert.doesNotMatch(exported, /password/);
  });

  it('lets no error reach the browser console', () => {
    assert.deepEqual(editor!.errors, []);
  });

  function idOf(type: string): Promise<string> {
    return editor!.evaluate<string>(
      `(() => { let id; RED.nodes.eachNode((node) => { if (node.type === '${type}') id = node.id; }); return id; })()`,
    );
  }

  /** Controls of the open panel that a screen reader could not name. */
  function unlabelled(): Promise<string[]> {
    return editor!.evaluate<
      string[]
    >(`[...document.querySelectorAll('.gridwire-panel input, .gridwire-panel select')]
      .filter((control) => control.type !== 'hidden' && !control.closest('.red-ui-typedInput-container'))
      .filter((control) => control.labels.length === 0 && !control.getAttribute('aria-label'))
      .map((control) => control.id || control.className)`);
  }
});
