import { type EditorNode, api, control } from './red.js';

interface Finding {
  subject: string;
  judgement: 'good' | 'risk' | 'unknown';
  values: Record<string, string | number>;
}

const ICONS = { good: 'fa-check', risk: 'fa-exclamation-triangle', unknown: 'fa-question-circle-o' };

/**
 * Shows what the deployed broker promises, in words: what is good, what would lose messages and what to do about it.
 * Text only: nothing the broker says is markup.
 */
export async function showBrokerCheck(node: EditorNode): Promise<void> {
  const list = control<HTMLElement>('gridwire-broker-findings');
  list.replaceChildren(line('unknown', node._('gridwire-broker.check.asking')));
  try {
    const { findings } = await api<{ findings: Finding[] }>(
      'GET',
      `gridwire/brokers/${encodeURIComponent(node.id)}/check`,
    );
    list.replaceChildren(
      ...findings.map(({ subject, judgement, values }) =>
        line(judgement, node._(`gridwire-broker.check.${subject}.${judgement}`, values)),
      ),
    );
  } catch (error) {
    const notDeployed = (error as Error).message === '404';
    list.replaceChildren(
      line('unknown', node._(`gridwire-broker.check.${notDeployed ? 'not-deployed' : 'failed'}`)),
    );
  }
}

function line(judgement: Finding['judgement'], text: string): HTMLElement {
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
