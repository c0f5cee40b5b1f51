import { look } from './cut-text-page.cjs';
import type { EditorPage } from './editor-page.js';

/**
 * What of our texts cannot be read in the open page, below one element: cut off, beside the edge, over one another, or
 * buttons that touch. Each with what it says.
 */
export function unreadable(editor: EditorPage, selector: string): Promise<string[]> {
  // The tests' compiler names functions by a helper that the page has not.
  return editor.evaluate<string[]>(
    `(() => { const __name = (each) => each; return (${look.toString()})(${JSON.stringify(selector)}); })()`,
  );
}
