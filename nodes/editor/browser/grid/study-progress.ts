import { element } from '../elements.js';
import { notify } from '../notify.js';
import { may, type Translate } from '../red.js';

/** How far the study under way has come, with a button that stops it for those who may. */
export class StudyProgress {
  readonly element = element('div');
  private readonly message = element('div');
  private readonly cancel: HTMLButtonElement;
  private readonly word: Translate;

  /** @param cancelStudy asks the runtime to stop the study of the simulation that is shown */
  constructor(text: Translate, cancelStudy: () => Promise<void> | undefined) {
    this.word = (key, values) => text(`study.${key}`, values);
    this.message.setAttribute('role', 'status');
    this.cancel = element('button', {
      ...{ type: 'button', className: 'red-ui-button red-ui-button-small', hidden: true },
      textContent: this.word('cancel'),
    });
    this.cancel.addEventListener('click', () => {
      this.cancel.disabled = true;
      cancelStudy()?.catch((failure: unknown) => {
        this.cancel.disabled = false;
        notify(this.word('not-cancelled', { reason: String(failure) }), { type: 'error' });
      });
    });
    this.element.append(this.message, this.cancel);
  }

  show(done: number, total: number): void {
    const running = done < total;
    this.message.textContent = running ? this.word('progress', { done, total }) : '';
    if (this.cancel.hidden) this.cancel.disabled = false;
    this.cancel.hidden = !running || !may('repair', 'gridwire-grid.write');
  }

  clear(): void {
    this.show(0, 0);
  }
}
