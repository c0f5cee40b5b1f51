/** Takes docs/images/quick-start.png: the quick-start flow at work in the editor of Node-RED 5. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { NodeRedProcess } from '../test/support/node-red-process.js';
import { findChromium } from './services/chromium.js';
import { freePort } from './services/service.js';
import { findOrEmbedBroker } from './starting/broker.js';
import { build, isBuilt } from './starting/build.js';

const root = path.resolve(__dirname, '..');
const target = path.join(root, 'docs/images/quick-start.png');

async function main(): Promise<void> {
  if (!isBuilt(root) && !build(root)) throw new Error('The build failed; its messages are above.');
  const executablePath = (await findChromium()).env['GRIDWIRE_CHROMIUM']!;
  const broker = await findOrEmbedBroker(await freePort());
  const nodeRed = await NodeRedProcess.start({
    version: '5',
    flows: path.join(root, 'examples/quick-start.json'),
    env: { GRIDWIRE_MQTT_PORT: String(broker.port) },
  });
  try {
    await takePicture(executablePath, nodeRed.url);
    console.log(`wrote ${path.relative(root, target)}`);
  } finally {
    await nodeRed.stop();
    await broker.stop();
  }
}

async function takePicture(executablePath: string, url: string): Promise<void> {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'gridwire-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: { width: 1600, height: 960 },
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForSelector('.red-ui-flow-node');
    // The simulated fleet has reported: a status line tells of events, and the debug sidebar shows some.
    await page.waitForSelector('.red-ui-flow-node-status-label:has-text("sent")', { timeout: 30_000 });
    await page.evaluate("RED.sidebar.show('debug')");
    await page.waitForSelector('.red-ui-debug-msg', { timeout: 30_000 });
    mkdirSync(path.dirname(target), { recursive: true });
    await page.screenshot({ path: target });
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
