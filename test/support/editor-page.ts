import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type BrowserContext, type Page, chromium } from 'playwright-core';
import { findProgram } from '../../scripts/services/service.js';

/** Without these flags Chromium asks for hosts that a closed network refuses, many at a time. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Node-RED's tip of the day, when it comes before the sidebar that shows it: on a machine under load. */
const TIP_BEFORE_ITS_BOX = /reading 'html'\)\s+at a \(\S+\/red\.min\.js/;

/** A browser with a profile of its own in a folder, which whoever closes the browser removes. */
export async function openChromium(
  options: { viewport?: { width: number; height: number }; locale?: string } = {},
  flags: readonly string[] = [],
): Promise<{ context: BrowserContext; folder: string }> {
  const executablePath = findProgram('chromium', ['/usr/bin', '/usr/lib/chromium']);
  if (executablePath === undefined) throw new Error('chromium is not installed');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-chromium-'));
  const context = await chromium.launchPersistentContext(folder, {
    ...{ ...options, executablePath, headless: true },
    args: [...FLAGS, ...flags],
  });
  return { context, folder };
}

/** Node-RED's editor in a real browser. */
export class EditorPage {
  /** What the page reported as errors; the editor's own look-up of its online catalogue is left out. */
  readonly errors: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly folder: string,
  ) {
    page.on('pageerror', (error) => {
      const trace = error.stack ?? error.message;
      if (!TIP_BEFORE_ITS_BOX.test(trace)) this.errors.push(trace);
    });
    page.on('console', (message) => {
      if (message.type() === 'error' && !/ERR_NAME_NOT_RESOLVED|ERR_INTERNET/.test(message.text())) {
        this.errors.push(message.text());
      }
    });
  }

  /**
   * Opens the editor and waits until our nodes are in the palette.
   * @param locale the browser's language, which the editor takes for its own
   */
  static async open(
    url: string,
    viewport = { width: 1500, height: 950 },
    locale = 'en-US',
  ): Promise<EditorPage> {
    const { context, folder } = await openChromium({ viewport, locale });
    const editor = new EditorPage(context.pages()[0] ?? (await context.newPage()), context, folder);
    editor.page.setDefaultTimeout(15_000);
    try {
      await editor.load(url);
    } catch (error) {
      // A browser that stays keeps the tests' process from ending.
      await editor.close();
      throw error;
    }
    return editor;
  }

  private async load(url: string): Promise<void> {
    await this.page.goto(url, { timeout: 60_000 });
    await this.page.waitForSelector('.red-ui-palette-node[data-palette-type="gridwire-publish"]', {
      state: 'attached',
    });
    await this.page.waitForSelector('#red-ui-workspace-chart');
  }

  async close(): Promise<void> {
    await this.context.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Drags a node from the palette into the workspace. @returns its id */
  async drag(type: string, x: number, y: number): Promise<string> {
    const entry = this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
    await entry.scrollIntoViewIfNeeded();
    const chart = this.page.locator('#red-ui-workspace-chart');
    await entry.dragTo(chart, { targetPosition: { x, y }, force: true });
    return this.evaluate<string>(
      `(() => { let id; RED.nodes.eachNode((node) => { if (node.type === ${JSON.stringify(type)}) id = node.id; }); return id; })()`,
    );
  }

  /** Shows a section of our sidebar, as the list of actions does. */
  async show(section: string): Promise<void> {
    await this.evaluate(`RED.actions.invoke('gridwire:show-${section}')`);
    await this.page.locator(`#gridwire-sidebar-${section}`).waitFor();
  }

  /** Opens a node's panel, as a double click does. */
  async edit(id: string): Promise<void> {
    await this.evaluate(`RED.editor.edit(RED.nodes.node(${JSON.stringify(id)}))`);
    await this.page.waitForSelector('#node-dialog-ok');
  }

  async editConfig(type: string, id: string): Promise<void> {
    await this.evaluate(`RED.editor.editConfig('', ${JSON.stringify(type)}, ${JSON.stringify(id)})`);
    await this.page.waitForSelector('#node-config-dialog-ok');
  }

  /** Opens the folded sections of the open panel. */
  async unfold(): Promise<void> {
    await this.evaluate(
      `document.querySelectorAll('.gridwire-section').forEach((section) => { section.open = true; })`,
    );
  }

  /** Presses Done and waits until the panel has gone. */
  async done(config = false): Promise<void> {
    const button = config ? '#node-config-dialog-ok' : '#node-dialog-ok';
    await this.page.locator(button).click();
    await this.page.waitForSelector(button, { state: 'detached' });
  }

  async deploy(): Promise<void> {
    await this.page.locator('#red-ui-header-button-deploy').click();
    await this.page.waitForFunction('!RED.nodes.dirty()');
  }

  /** Runs an expression in the page, where `RED` is the editor. */
  evaluate<T>(expression: string): Promise<T> {
    return this.page.evaluate<T>(expression);
  }
}
