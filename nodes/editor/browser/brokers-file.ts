import type { PlannedBroker } from '../../fields/planned-broker.js';
import { element, formRow } from './elements.js';
import { type Translate, api } from './red.js';
import { notify } from './notify.js';
import { chosenText } from './file-text.js';

const TYPE = 'gridwire-broker';

interface Answer {
  brokers?: PlannedBroker[];
  error?: { code: string; message: string };
}

/** Asks for CELINE's brokers.yaml, shows what it stands for, and makes the broker nodes that are ticked. */
export function importBrokersFile(): void {
  const definition = RED.nodes.getType(TYPE);
  if (definition === undefined) return;
  const text: Translate = (key, values) => definition._(`gridwire-broker.file.${key}`, values);
  const preview = new Preview(text);
  RED.tray.show({
    title: text('title'),
    width: 640,
    buttons: [
      { text: text('cancel'), click: () => RED.tray.close() },
      {
        ...{ id: 'gridwire-brokers-file-create', text: text('create'), class: 'primary' },
        click: () => {
          const brokers = preview.chosen();
          if (brokers.length === 0) return;
          createBrokers(brokers, text);
          RED.tray.close();
        },
      },
    ],
    open: (tray) => tray.find('.red-ui-tray-body')[0].append(form(preview, text)),
  });
}

function form(preview: Preview, text: Translate): HTMLElement {
  const content = element('textarea', { id: 'gridwire-brokers-file-text', rows: 12, spellcheck: false });
  content.placeholder = 'brokers:\n  mqtt_local:\n    config:\n      host: "${MQTT_HOST:-localhost}"';
  const file = element('input', { id: 'gridwire-brokers-file', type: 'file', accept: '.yaml,.yml,.json' });
  content.addEventListener('input', () => preview.read(content.value));
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    if (chosen === undefined) return;
    chosenText(chosen)
      .then((read) => {
        content.value = read;
        preview.read(read);
      })
      .catch((error: unknown) => notify(String(error), { type: 'error' }));
  });
  return element(
    'form',
    { className: 'gridwire-panel gridwire-dialog', onsubmit: () => false },
    element('p', { textContent: text('intro') }),
    formRow(text('file'), file),
    formRow(text('content'), content),
    preview.element,
  );
}

/** What the file stands for: a row for each broker, ticked where it will be made. */
class Preview {
  readonly element = element('div', { id: 'gridwire-brokers-file-preview' });
  private rows: { broker: PlannedBroker; box: HTMLInputElement }[] = [];
  private reading = 0;

  constructor(private readonly text: Translate) {
    this.element.setAttribute('role', 'status');
  }

  read(text: string): void {
    const reading = ++this.reading;
    const show = (answer: Answer): void => {
      // A later text has been sent meanwhile.
      if (reading === this.reading) this.show(answer, text);
    };
    api<Answer>('POST', 'gridwire/brokers-file', { text })
      .then(show)
      .catch((failure: unknown) => {
        const reason = failure instanceof Error ? failure.message : String(failure);
        show({ error: { code: '', message: this.text('failed', { reason }) } });
      });
  }

  chosen(): PlannedBroker[] {
    return this.rows.filter(({ box }) => box.checked).map(({ broker }) => broker);
  }

  private show({ brokers = [], error }: Answer, text: string): void {
    const existing = new Set<unknown>();
    RED.nodes.eachConfig(({ type, name }) => {
      if (type === TYPE) existing.add(name);
    });
    this.rows = brokers.map((broker) => {
      const box = element('input', { type: 'checkbox', checked: !existing.has(broker.name) });
      return { broker, box };
    });
    const fault = text.trim() === '' ? undefined : error;
    this.element.replaceChildren(
      ...(fault === undefined
        ? []
        : [element('div', { className: 'gridwire-fault', textContent: fault.message })]),
      ...this.rows.map(({ broker, box }) => this.row(broker, box, existing.has(broker.name))),
    );
  }

  private row(broker: PlannedBroker, box: HTMLInputElement, exists: boolean): HTMLElement {
    const { name, settings, credentials, isDefault, enabled, tls, decided } = broker;
    const { transport, host, port, kafkaBrokers, topicPrefix, useTls } = settings;
    const place = transport === 'kafka' ? String(kafkaBrokers) : `${String(host)}:${String(port)}`;
    const facts = [
      `${transport === 'kafka' ? 'Kafka' : 'MQTT'} ${place}`,
      ...(topicPrefix === '' ? [] : [this.text('prefix', { prefix: String(topicPrefix) })]),
      ...(credentials.username === '' ? [] : [this.text('user', { user: credentials.username })]),
      ...(credentials.password === '' ? [] : [this.text('password')]),
      ...(decided.length === 0 ? [] : [this.text('decided', { settings: decided.join(', ') })]),
      ...(useTls === true ? [this.text(tls === undefined ? 'tls' : 'tlsFiles')] : []),
    ];
    const marks = [
      ...(isDefault ? [this.text('default')] : []),
      ...(enabled ? [] : [this.text('disabled')]),
      ...(exists ? [this.text('exists')] : []),
    ];
    return element(
      'label',
      { className: 'gridwire-planned' },
      box,
      element('b', { textContent: name }),
      ...marks.map((mark) => element('span', { className: 'gridwire-mark', textContent: mark })),
      element('div', { className: 'gridwire-preview-rules', textContent: facts.join(' · ') }),
    );
  }
}

/** Adds the nodes as an import does, so that undo takes them away again. */
function createBrokers(brokers: PlannedBroker[], text: Translate): void {
  const nodes = brokers.flatMap((broker, index) => nodesOf(broker, String(index), text));
  const wasDirty = RED.nodes.dirty();
  const made = RED.nodes.import(nodes, { generateIds: true, markChanged: true });
  RED.history.push({ t: 'add', nodes: made.nodes.map(({ id }) => id), dirty: wasDirty });
  RED.nodes.dirty(true);
  notify(text('created', { count: brokers.length }), { type: 'success' });
}

function nodesOf(planned: PlannedBroker, index: string, text: Translate): object[] {
  const { name, enabled, isDefault, settings, credentials, tls } = planned;
  const secrets = { ...credentials, has_password: credentials.password !== '' };
  const broker = {
    ...{ ...defaultsOf(TYPE), ...settings, id: `broker${index}`, type: TYPE, name, credentials: secrets },
    info: text(isDefault ? 'infoDefault' : 'info'),
    ...(enabled ? {} : { d: true }),
  };
  if (tls === undefined) return [broker];
  const files = {
    ...{ ...defaultsOf('tls-config'), ...tls, id: `tls${index}`, type: 'tls-config', name: `TLS ${name}` },
    verifyservercert: true,
  };
  return [files, { ...broker, tls: files.id }];
}

function defaultsOf(type: string): Record<string, unknown> {
  const defaults = RED.nodes.getType(type)?.defaults ?? {};
  return Object.fromEntries(Object.entries(defaults).map(([field, { value }]) => [field, value]));
}
