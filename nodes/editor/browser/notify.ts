import { element } from './elements.js';
import type { NotifyOptions } from './red.js';

/**
 * Shows a notice. Node-RED takes a string for markup, so it is given an element: no text of a file, a message or a flow
 * becomes part of the page.
 */
export function notify(text: string, options: NotifyOptions): { close(): void } {
  return RED.notify(element('p', { textContent: text }), options);
}
