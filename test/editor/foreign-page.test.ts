import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, Page } from 'playwright-core';
import { openChromium } from '../support/editor-page.js';
import { attack } from '../support/foreign-page.cjs';
import { HARMFUL, ROUTES, urlOf } from '../support/trust.js';
import { OPEN, TrustPlace } from '../support/trust-place.js';

describe('a page of another origin, against a Node-RED without a login (Chromium)', function () {
  this.timeout(120_000);
  let place: TrustPlace | undefined;
  let browser: { context: BrowserContext; folder: string } | undefined;
  let page: Page;
  const evil = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>evil</title><body></body>');
  });
  before(async () => {
    place = await TrustPlace.open(OPEN);
    evil.listen(0, '127.0.0.1');
    await once(evil, 'listening');
    browser = await openChromium({}, ['--host-resolver-rules=MAP *.example 127.0.0.1']);
    page = browser.context.pages()[0] ?? (await browser.context.newPage());
    await page.goto(`http://evil.example:${(evil.address() as AddressInfo).port}/`);
  });
  after(async () => {
    if (browser !== undefined) {
      await browser.context.close();
      rmSync(browser.folder, { recursive: true, force: true });
    }
    evil.closeAllConnections();
    evil.close();
    await place?.close();
  });

  // To an address that is not this computer's and has no TLS, browsers do not say from where a request comes.
  for (const host of ['127.0.0.1', 'node-red.example'])
    it(`reads nothing and changes nothing at ${host}, by whatever a page can send`, async () => {
      const { admin, flows } = place!;
      const before = await place!.holdings();
      const at = (base: URL, to: string): string => {
        const url = new URL(to, base);
        url.hostname = host;
        return url.href;
      };
      const attempts = ROUTES.map((route) => ({
        ...{ name: route.name, method: route.method, url: at(admin, urlOf(route)) },
        body: JSON.stringify(HARMFUL[route.name] ?? {}),
      }));
      const stream = at(flows, 'ws/events').replace('http', 'ws');
      // Node-RED's own routes are as open as its settings make them: that this is read shows that the page can read.
      const own = { name: 'of Node-RED', method: 'GET', url: at(admin, 'settings'), body: '' };
      const read = await page.evaluate(attack, { attempts: [own, ...attempts], stream });
      assert.deepEqual(
        read.map((each) => each.split(': ', 1)[0]),
        ['fetch of Node-RED'],
      );
      assert.deepEqual(await place!.holdings(), before);
      assert.match(JSON.stringify(before), /"total":2.*"queue":"gone","count":1/);
    });
});
