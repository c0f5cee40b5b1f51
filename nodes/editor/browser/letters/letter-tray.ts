import type { Change, Letter, StoreApi, Way } from './api.js';
import { actionName, button, choices, element, labelled, listOf, type Translate } from './elements.js';
import { plainText, plainTopic } from '../plain-text.js';
import { moment } from '../written.js';
import { storeRights } from './rights.js';

/** How many headers are shown, and how much of a name and of a value: the body comes after them. */
const HEADERS = 30;
const NAME = 200;
const VALUE = 2_000;

/** Opens one letter beside the workspace. @param onChange called when it was changed @param onClose called at the end */
export function showLetter(
  text: Translate,
  store: StoreApi,
  id: number,
  ways: readonly Way[],
  onChange: () => void,
  onClose: () => void,
): void {
  const view = element('div', { className: 'gridwire-panel gridwire-letter', textContent: '…' });
  const close = (): void => RED.tray.close();
  RED.tray.show({
    title: text('letter', { id }),
    width: 640,
    buttons: [{ id: 'gridwire-letter-close', text: text('close'), click: close }],
    open: (tray) => {
      tray.find('.red-ui-tray-body')[0].append(view);
      store.letter(id).then(
        (letter) => new LetterView(text, store, letter, ways, view, onChange).draw(),
        (error: unknown) => (view.textContent = String(error)),
      );
    },
    // Node-RED gives the focus to the workspace right after this.
    close: () => queueMicrotask(onClose),
  });
}

export function wayLabel({ name, type, broker, contract = '' }: Way): string {
  const node = name === undefined || name === '' ? type.replace('gridwire-', '') : name;
  return `${node} → ${broker}${contract === '' ? '' : ` (${contract})`}`;
}

/** One letter: why it failed, what it holds, what happened to it, and how it can go back. */
class LetterView {
  private readonly body = element('textarea', { rows: 12, spellcheck: false });
  private readonly form = element('select');
  private readonly way = element('select');
  private readonly patch = element('textarea', { rows: 3, spellcheck: false });
  private readonly commands = element('input', { type: 'text' });
  private readonly answer = element('div', { className: 'gridwire-test-answer' });
  /** What the body's field held before anybody touched it. */
  private filled = '';

  constructor(
    private readonly text: Translate,
    private readonly store: StoreApi,
    private readonly letter: Letter,
    ways: readonly Way[],
    private readonly view: HTMLElement,
    private readonly onChange: () => void,
  ) {
    const forms = letter.text === undefined ? (['hex'] as const) : (['text', 'hex'] as const);
    choices(
      this.form,
      forms.map((value) => ({ value, label: text(`form.${value}`) })),
    );
    choices(
      this.way,
      ways.map((way) => ({ value: way.id, label: wayLabel(way) })),
    );
    this.form.addEventListener('change', () => this.fill());
    this.answer.setAttribute('role', 'status');
    this.fill();
  }

  draw(): void {
    const { letter, text, view } = this;
    const settled = letter.state === 'recovered' || letter.state === 'discarded';
    view.replaceChildren(
      element('p', { className: 'gridwire-letters-topic', textContent: plainTopic(letter.topic) }),
      this.facts(),
      labelled(text('form-label'), this.form),
      labelled(text('body'), this.body),
    );
    if (letter.truncated)
      view.append(element('p', { textContent: text('truncated', { bytes: letter.bytes }) }));
    if (!storeRights.repairs()) return;
    if (!settled) view.append(this.repair());
    if (letter.state === 'discarded') view.append(this.takeBack(), this.answer);
  }

  private facts(): HTMLDListElement {
    const { letter, text } = this;
    const list = element('dl', { className: 'gridwire-letters-facts' });
    const add = (name: string, value: string): void =>
      list.append(element('dt', { textContent: name }), element('dd', { textContent: value }));
    add(text('reason'), `${letter.code}: ${letter.reason}`);
    const tried = letter.attempts === 0 ? '' : `, ${text('attempts', { count: letter.attempts })}`;
    add(text('state-label'), `${text(`state.${letter.state}`)}${tried}`);
    add(text('failed-at'), moment(letter.failedAt));
    if (letter.lastError !== undefined) add(text('last-error'), letter.lastError);
    if (letter.contract !== undefined) add(text('contract'), [letter.contract, letter.type].join(' '));
    add(text('delivery'), `QoS ${letter.qos}${letter.retain ? `, ${text('retained')}` : ''}`);
    if (letter.key !== undefined) add(text('key'), this.plain(letter.key, VALUE));
    for (const { name, value } of letter.headers.slice(0, HEADERS))
      add(text('header', { name: this.plain(name, NAME) }), this.plain(value, VALUE));
    const more = letter.headers.length - HEADERS;
    if (more > 0) add(text('headers-label'), text('more-headers', { count: more }));
    for (const { at, actor, action } of letter.history)
      add(moment(at), `${actionName(text, action)}: ${actor}`);
    if (letter.recoveredAt !== undefined) add(moment(letter.recoveredAt), text('state.recovered'));
    return list;
  }

  /** A header may say anything, at any length. */
  private plain(given: string, most: number): string {
    return plainText(given, most, (count) => ` ${this.text('cut', { count })}`);
  }

  private takeBack(): HTMLElement {
    const { letter, text, store } = this;
    const back = button(text('undiscard'), () => {
      store.undiscard([letter.id]).then(
        ({ restored }) => {
          back.hidden = true;
          this.answer.textContent = text(restored > 0 ? 'restored' : 'too-late');
          this.onChange();
        },
        (error: unknown) =>
          (this.answer.textContent = error instanceof Error ? error.message : String(error)),
      );
    });
    return back;
  }

  private repair(): HTMLElement {
    const { letter, text, store } = this;
    if (this.way.options.length === 0) return element('p', { textContent: text('no-way') });
    this.patch.placeholder = '$merge([payload, {"power": 0}])';
    const attempt = (work: () => Promise<string>) => () => {
      this.answer.textContent = '…';
      work().then(
        (said) => (this.answer.textContent = said),
        (error: unknown) =>
          (this.answer.textContent = error instanceof Error ? error.message : String(error)),
      );
    };
    const check = button(
      text('try'),
      attempt(async () => {
        const { text: shown, hex = '' } = await store.try(letter.id, this.way.value, this.change);
        return text('would-send', { body: shown ?? hex });
      }),
    );
    const send = button(
      text('republish'),
      attempt(async () => {
        const { recovered, expired, commands, lastError } = await store.republish(
          letter.id,
          this.way.value,
          this.change,
          listOf(this.commands.value),
        );
        this.onChange();
        if (expired > 0) return text('left-expired', { count: 1 });
        if (commands > 0) return text('name-command', { type: letter.type ?? letter.topic });
        if (recovered === 0) return lastError ?? text('not-sent');
        send.disabled = true;
        return text('sent');
      }),
      'primary',
    );
    return element(
      'div',
      {},
      labelled(text('patch'), this.patch),
      labelled(text('through'), this.way),
      ...(storeRights.sendsCommands() ? [labelled(text('commands'), this.commands)] : []),
      element('div', { className: 'gridwire-letters-buttons' }, check, send),
      this.answer,
    );
  }

  /** The expression, if there is one; else the edited body, if it was edited; else nothing is changed. */
  private get change(): Change {
    const patch = this.patch.value.trim();
    if (patch !== '') return { patch };
    if (this.letter.truncated || this.body.value === this.filled) return {};
    return { edited: { encoding: this.form.value === 'hex' ? 'hex' : 'text', content: this.body.value } };
  }

  private fill(): void {
    const { text, hex, truncated } = this.letter;
    this.body.value = this.form.value === 'hex' ? spaced(hex) : (text ?? '');
    // Not what was put in: a text area has its own idea of line ends.
    this.filled = this.body.value;
    this.body.readOnly = truncated;
  }
}

/** Sixteen bytes on a line. */
function spaced(hex: string): string {
  return hex
    .replace(/../g, '$& ')
    .replace(/(.{48})/g, '$1\n')
    .trimEnd();
}
