/** Making elements. Everything from outside goes in as text, never as markup. */
import type { Translate } from '../red.js';
import { notify } from '../notify.js';

export type { Translate };

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function button(label: string, onClick: () => void, className = ''): HTMLButtonElement {
  const made = element('button', {
    type: 'button',
    className: `red-ui-button red-ui-button-small ${className}`,
    textContent: label,
  });
  made.addEventListener('click', onClick);
  return made;
}

export function labelled(label: string, control: HTMLElement): HTMLLabelElement {
  return element(
    'label',
    { className: 'gridwire-letters-field' },
    element('span', { textContent: label }),
    control,
  );
}

/** The same with the label above its control, which has the whole width for a long text. */
export function labelledAbove(label: string, control: HTMLElement): HTMLLabelElement {
  const field = labelled(label, control);
  field.classList.add('gridwire-wide');
  return field;
}

/** Why something failed, three lines of it at most; the rest is shown where the pointer rests. */
export function reasonLines(reason: string): HTMLElement {
  return element('div', { className: 'gridwire-letters-reason', textContent: reason, title: reason });
}

/** Puts choices into a select and keeps what was chosen, if it is still among them. */
export function choices(
  select: HTMLSelectElement,
  options: readonly { value: string; label: string }[],
): void {
  const { value: chosen } = select;
  select.replaceChildren(
    ...options.map(({ value, label }) => element('option', { value, textContent: label })),
  );
  if (options.some(({ value }) => value === chosen)) select.value = chosen;
}

/** Asks before something that cannot be taken back. */
export function confirmed(text: Translate, question: string, verb: string, action: () => void): void {
  const notification = notify(question, {
    ...{ type: 'warning', modal: true, fixed: true },
    buttons: [
      { text: text('cancel'), click: () => notification.close() },
      {
        text: verb,
        class: 'primary',
        click: () => {
          notification.close();
          action();
        },
      },
    ],
  });
}

const UNITS: readonly [name: string, seconds: number][] = [
  ['days', 86_400],
  ['hours', 3_600],
  ['minutes', 60],
  ['seconds', 1],
];

/** How long ago a moment was, in the largest unit that fits. */
export function age(text: Translate, at: number): string {
  const seconds = Math.max(0, Math.round((Date.now() - at) / 1000));
  const [name, size] = UNITS.find(([, length]) => seconds >= length) ?? (['seconds', 1] as const);
  return text(`ago.${name}`, { count: Math.floor(seconds / size) });
}

const ACTIONS = [
  'replay',
  'recover',
  'republish',
  'send',
  'edit',
  'discard',
  'undiscard',
  'import',
  'erase',
  'retention',
  'backup',
  'restore',
  'quarantine',
];

/** What the audit log says was done, in words. */
export function actionName(text: Translate, action: string): string {
  return ACTIONS.includes(action) ? text(`action.${action}`) : action;
}

/** Names as people write them: separated by commas. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Saves a text as a file of the person's computer. */
export function download(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/x-ndjson' }));
  const link = element('a', { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
