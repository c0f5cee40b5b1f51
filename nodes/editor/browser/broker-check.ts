import { type EditorNode, api, control } from './red.js';

export interface Finding {
  subject: string;
  judgement: 'good' | 'risk' | 'unknown';
  values: Record<string, string | number>;
}

const ICONS = {
  good: 'fa-check',
  risk: 'fa-exclamation-triangle',
  bad: 'fa-times',
  unknown: 'fa-question-circle-o',
};

/**
 * Shows what the deployed broker promises, in words: what is good, what would lose messages and what to do about it.
 * Text only: nothing the broker says is markup.
 */
export async function showBrokerCheck(node: EditorNode): Promise<void> {
  const list = control<HTMLElement>('gridwire-broker-findings');
  list.replaceChildren(findingLine('unknown', node._('gridwire-broker.check.asking')));
  try {
    const { findings } = await api<{ findings: Finding[] }>(
      'GET',
      `gridwire/brokers/${encodeURIComponent(node.id)}/check`,
    );
    list.replaceChildren(...findings.map((finding) => promiseLine(node, finding)));
  } catch (error) {
    const notDeployed = (error as Error).message === '404';
    list.replaceChildren(
      findingLine('unknown', node._(`gridwire-broker.check.${notDeployed ? 'not-deployed' : 'failed'}`)),
    );
  }
}

/** What a broker promises, or does not, in words. */
export function promiseLine(node: EditorNode, { subject, judgement, values }: Finding): HTMLElement {
  return findingLine(judgement, node._(`gridwire-broker.check.${subject}.${judgement}`, values));
}

/** A line of a list of findings. Text only. */
export function findingLine(judgement: keyof typeof ICONS, text: string): HTMLElement {
  const item = document.createElement('li');
  item.className = `gridwire-finding gridwire-finding-${judgement}`;
  const icon = document.createElement('i');
  icon.className = `fa ${ICONS[judgement]}`;
  icon.setAttribute('aria-hidden', 'true');
  const words = document.createElement('span');
  words.textContent = text;
  item.append(icon, words);
  return item;
}
