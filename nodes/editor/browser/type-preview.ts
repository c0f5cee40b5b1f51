import type { TypeEntry } from './catalogue.js';
import { type EditorNode, control } from './red.js';

/**
 * Shows what choosing an event type means: the topic it will be published to, its delivery rules, and a payload that
 * is valid. Text only: nothing of it is markup.
 */
export function showTypePreview(
  node: EditorNode,
  prefix: string,
  type: TypeEntry | undefined,
  values: Record<string, string>,
): void {
  const box = control<HTMLElement>('gridwire-type-preview');
  box.hidden = type === undefined;
  if (type === undefined) return;
  const topic = type.topic.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
  const full = prefix === '' ? topic : `${withoutSlashes(prefix)}/${topic}`;
  const rules = [
    `QoS ${type.qos}`,
    node._(type.retain ? 'gridwire.panel.retained' : 'gridwire.panel.not-retained'),
    ...(type.timeToLive === undefined
      ? []
      : [node._('gridwire.panel.expires', { seconds: type.timeToLive })]),
    ...(type.liveFirst === true ? [node._('gridwire.panel.liveFirst')] : []),
  ];
  box.replaceChildren(
    line('gridwire-preview-topic', full),
    line('gridwire-preview-rules', rules.join(' · ')),
    line('gridwire-preview-text', type.description),
    line('gridwire-preview-example', JSON.stringify(type.example, null, 2)),
    folded(node._('gridwire.panel.schema'), JSON.stringify(type.payload, null, 2)),
  );
}

/** A long text behind a summary that opens it. */
function folded(summary: string, text: string): HTMLElement {
  const details = document.createElement('details');
  const title = document.createElement('summary');
  title.textContent = summary;
  details.append(title, line('gridwire-preview-example', text));
  return details;
}

function line(className: string, text: string): HTMLElement {
  const element = document.createElement('div');
  element.className = className;
  element.textContent = text;
  return element;
}

/** Not by a pattern: it would begin anew at each slash of a hostile flow. */
function withoutSlashes(prefix: string): string {
  let end = prefix.length;
  while (prefix[end - 1] === '/') end -= 1;
  return prefix.slice(0, end);
}
