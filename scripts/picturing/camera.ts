import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Scene } from './scenes.js';

/** Node-RED's own two themes. */
export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Good enough for the smallest words, a third of a PNG's size. */
const QUALITY = 0.7;

/** Takes a picture of a scene in an editor, in one theme. */
export async function takePicture(
  executablePath: string,
  url: string,
  { width, height, prepare }: Scene,
  theme: Theme,
  target: string,
): Promise<void> {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'gridwire-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    ...{ executablePath, headless: true, viewport: { width, height }, locale: 'en-US' },
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.addInitScript(`localStorage.setItem('view-dark-theme', '${theme}')`);
    await page.goto(url);
    await page.waitForSelector('.red-ui-flow-node');
    await page.waitForSelector(`html${theme === 'dark' ? '.nr-theme-dark' : ':not(.nr-theme-dark)'}`);
    await prepare(page);
    // What was pressed says so above the flow, for some seconds.
    await page.waitForSelector('.red-ui-notification', { state: 'detached' });
    writeFileSync(target, await smaller(context, await page.screenshot()));
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** A picture as WebP, which the browser can write and Playwright cannot. */
async function smaller(context: BrowserContext, png: Buffer): Promise<Buffer> {
  const page: Page = await context.newPage();
  const url = await page.evaluate<string>(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${png.toString('base64')}';
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', ${QUALITY});
  })()`);
  return Buffer.from(url.split(',')[1] ?? '', 'base64');
}
