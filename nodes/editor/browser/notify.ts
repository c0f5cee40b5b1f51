import { element } from './elements.js';
import type { NotifyOptions } from './red.js';

/**
 * Shows a notice. Node-RED takes a string for markup, so it is given an element: no text of a file, a message or a flow
 * becomes part of the page.
 */
export function notify(text: string, options: NotifyOptions): { close(): void } {
  const content = element('p', { textContent: text });
  const notification = RED.notify(content, options);
  // A question is answered next, also without a mouse; its first answer is the one that changes nothing.
  content.closest('.red-ui-notification')?.querySelector('button')?.focus();
  return notification;
}

/** Owns a promise that nobody waits for: a fault of ours is shown, instead of nothing happening. */
export function told(work: Promise<unknown>): void {
  work.catch((error: unknown) => notify(String(error), { type: 'error' }));
}
