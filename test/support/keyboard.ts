import type { EditorPage } from './editor-page.js';

/** More presses of Tab than any of our panels has controls. */
const MOST_TABS = 120;

/** The keyboard of one editor. */
export class Keyboard {
  constructor(private readonly editor: EditorPage) {}

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.editor.page.keyboard.press(key);
  }

  type(text: string): Promise<void> {
    return this.editor.page.keyboard.type(text);
  }

  /**
   * Goes on from control to control until one that matches has the focus, as somebody without a mouse does.
   * @param key `Shift+Tab` to go back
   */
  async tabTo(selector: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    const isThere = `document.activeElement?.matches(${JSON.stringify(selector)}) === true`;
    for (let presses = 0; presses < MOST_TABS; presses += 1) {
      if (await this.editor.evaluate<boolean>(isThere)) return;
      await this.press(key);
    }
    throw new Error(`${key} never comes to ${selector}`);
  }

  /** Goes down the list of the select that has the focus, to a value. */
  async choose(selector: string, value: string): Promise<void> {
    const isChosen = `document.querySelector(${JSON.stringify(selector)}).value === ${JSON.stringify(value)}`;
    for (let presses = 0; presses < MOST_TABS; presses += 1) {
      if (await this.editor.evaluate<boolean>(isChosen)) return;
      await this.press('ArrowDown');
    }
    throw new Error(`the arrow keys never choose ${value}`);
  }

  /** Chooses an action from Node-RED's list of actions. */
  async action(label: string): Promise<void> {
    const list = this.editor.page.locator('#red-ui-actionList');
    await this.press('Control+Shift+P');
    await list.locator('input').first().waitFor();
    await this.type(label);
    await list
      .locator('.red-ui-search-result', { hasText: new RegExp(label, 'i') })
      .first()
      .waitFor();
    await this.press('Enter');
    await list.waitFor({ state: 'hidden' });
  }

  /** Brings a node into the flow, below what is selected. @returns its id */
  async add(name: string): Promise<string> {
    await this.action(`Gridwire: Add ${name}`);
    return this.editor.evaluate<string>('RED.view.selection().nodes[0].id');
  }

  /** What an action selected has the focus of the flow too, so that its key is enough. */
  async openSelected(): Promise<void> {
    await this.press('Enter');
    await this.editor.page.waitForSelector('#node-dialog-ok');
  }

  async done(): Promise<void> {
    await this.press('Control+Enter');
    await this.editor.page.waitForSelector('#node-dialog-ok', { state: 'detached' });
  }
}
