import type { NetworkAnswer } from '../../../../src/grid/studies/network-file.js';
import { element } from '../elements.js';
import { notify } from '../notify.js';
import { type EditorNode, type Translate, api, control } from '../red.js';
import { DiagramView } from './diagram-view.js';
import { chosenText } from '../file-text.js';
import { decimal } from '../written.js';

type Answer = Partial<NetworkAnswer> & { error?: { message: string } };

/** Words for where a solution began. */
const STARTS: Readonly<Record<string, string>> = {
  ...{
    case: 'start-case',
    flat: 'start-flat',
    dc: 'start-dc',
    level: 'start-level',
    gradual: 'start-gradual',
  },
};

/** Names of buses and the like that are shown of a long list. */
const SHOWN = 8;

/** The part of the panel that reads a MATPOWER or pandapower file, solves it, and makes it the environment. */
export function offerNetworkFile(node: EditorNode): void {
  const text: Translate = (key, values) => node._(`${node.type}.network.${key}`, values);
  const file = control('gridwire-network-file');
  const content = control<HTMLTextAreaElement>('gridwire-network-text');
  const start = control<HTMLSelectElement>('gridwire-network-start');
  const use = control<HTMLButtonElement>('gridwire-network-use');
  const place = control<HTMLElement>('gridwire-network-answer');
  let reading = 0;
  let format: NetworkAnswer['format'] | undefined;
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    if (chosen === undefined) return;
    chosenText(chosen)
      .then((read) => (content.value = read))
      .catch((error: unknown) => notify(String(error), { type: 'error' }));
  });
  content.addEventListener('input', () => (use.disabled = true));
  control<HTMLButtonElement>('gridwire-network-solve').addEventListener('click', () => {
    const asked = ++reading;
    place.textContent = text('reading');
    use.disabled = true;
    const show = (answer: Answer): void => {
      // Another file has been sent meanwhile.
      if (asked !== reading) return;
      format = answer.format;
      use.disabled = format === undefined;
      place.replaceChildren(...describe(answer, node, text));
    };
    api<Answer>('POST', 'gridwire/grid-network', { text: content.value, start: start.value })
      .then(show)
      .catch((failure: unknown) => show({ error: { message: text('failed', { reason: String(failure) }) } }));
  });
  use.addEventListener('click', () => {
    if (format === undefined) return;
    const json = control<HTMLTextAreaElement>('node-input-environmentJson');
    json.value = JSON.stringify({ network: { [format]: content.value }, agents: [] });
    json.dispatchEvent(new Event('change'));
    place.prepend(element('div', { textContent: text('used') }));
  });
}

function describe(answer: Answer, node: EditorNode, text: Translate): Node[] {
  if (answer.error !== undefined)
    return [element('div', { className: 'gridwire-fault', textContent: answer.error.message })];
  const { name = '', format = '', counts = {}, leftOut = [], warnings = [], unsupplied = [] } = answer;
  const read = Object.entries(counts).map(([table, count]) => `${count} ${table}`);
  return [
    element('div', { textContent: text('read', { name, format, counts: read.join(', ') }) }),
    ...(leftOut.length === 0
      ? []
      : [element('div', { textContent: text('left-out', { names: some(leftOut) }) })]),
    ...(warnings.length === 0
      ? []
      : [element('ul', {}, ...warnings.map((textContent) => element('li', { textContent })))]),
    solution(answer, text),
    ...(unsupplied.length === 0
      ? []
      : [
          element('div', {
            textContent: text('unsupplied', { count: unsupplied.length, names: some(unsupplied) }),
          }),
        ]),
    ...diagram(answer, node),
  ];
}

function solution(answer: Answer, text: Translate): HTMLElement {
  if (answer.converged !== true) {
    return element('div', {
      className: 'gridwire-fault',
      textContent: text('no-solution', { reason: answer.reason ?? '' }),
    });
  }
  const {
    iterations = 0,
    start = '',
    mismatchPu = 0,
    lossesMw = 0,
    sourceMw = 0,
    lowPu = 0,
    highPu = 0,
    worst,
  } = answer;
  const lines = [
    text('solved', { iterations, start: text(STARTS[start] ?? ''), mismatch: mismatchPu.toExponential(1) }),
    text('voltages', { low: decimal(lowPu, 4), high: decimal(highPu, 4) }),
    text('power', { source: decimal(sourceMw, 3), losses: decimal(lossesMw, 4) }),
    ...(worst === undefined ? [] : [text('loading', { id: worst.id, percent: decimal(worst.percent, 1) })]),
  ];
  return element('div', {}, ...lines.map((textContent) => element('div', { textContent })));
}

function diagram(
  { diagram: drawn, voltages = [], loading = [], converged = false }: Answer,
  node: EditorNode,
): Node[] {
  if (drawn === undefined) return [];
  const view = new DiagramView(drawn, (key, values) => node._(`${node.type}.view.${key}`, values));
  if (converged) {
    view.show({
      ...{ step: 0, hours: 0, converged, voltages, loading },
      ...{ devices: [], sourceMw: 0, lossesMw: 0, cost: 0 },
    });
  }
  return [element('div', { className: 'gridwire-diagram-box' }, view.element)];
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length > SHOWN ? `${shown} … (+${names.length - SHOWN})` : shown;
}
