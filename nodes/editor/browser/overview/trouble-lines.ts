import { element } from '../elements.js';
import { type Trouble, troubleList } from '../node-state.js';

/** What is wrong with something, made anew only when that has changed. */
export class TroubleLines {
  readonly element = element('div');
  private shown = '';

  show(troubles: readonly Trouble[]): void {
    const wanted = JSON.stringify(troubles);
    if (wanted === this.shown) return;
    this.shown = wanted;
    this.element.replaceChildren(...troubleList(troubles));
  }
}
