import { TRANSPORTS } from '../../fields/transports.js';
import { control, type EditorNode, rows } from './red.js';

/** How a node is to read a log: what its open panel shows, or else what is stored. */
export interface LogChoice {
  /** Whether its broker keeps a log that groups read from a place of their own. */
  isLog: boolean;
  startAt: unknown;
}

let open: { id: string; broker: HTMLSelectElement; startAt: HTMLSelectElement } | undefined;

/** For checks, which the editor calls with the stored node while its panel shows something else. */
export function logChoice(node: EditorNode): LogChoice {
  const isOpen = open?.id === node.id && document.contains(open.broker);
  const { broker, startAt } = isOpen
    ? { broker: open?.broker.value, startAt: open?.startAt.value }
    : { broker: node['broker'], startAt: node['startAt'] };
  const transport = typeof broker === 'string' ? RED.nodes.node(broker)?.['transport'] : undefined;
  const isLog = TRANSPORTS[String(transport)]?.log === true;
  return { isLog, startAt };
}

/** Shows the settings for reading a log where the chosen broker keeps one, and of those for the start what is asked. */
export function logPanel(node: EditorNode): void {
  const broker = control<HTMLSelectElement>('node-input-broker');
  const startAt = control<HTMLSelectElement>('node-input-startAt');
  // A flow of an older version has no choice stored.
  if (node['startAt'] === undefined) startAt.value = 'latest';
  open = { id: node.id, broker, startAt };
  const show = (): void => {
    const choice = logChoice(node);
    for (const row of rows('gridwire-log')) row.hidden = !choice.isLog;
    for (const start of ['timestamp', 'offsets'])
      for (const row of rows(`gridwire-log-${start}`)) row.hidden = choice.startAt !== start;
    // What is right in them depends on the choice.
    for (const field of ['filter', 'startTime', 'startOffsets'])
      control(`node-input-${field}`).dispatchEvent(new Event('change'));
  };
  // The editor's own changes to its lists reach jQuery's listeners only.
  $(broker).on('change', show);
  $(startAt).on('change', show);
  show();
}
