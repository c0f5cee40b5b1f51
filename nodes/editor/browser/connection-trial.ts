import { type Finding, findingLine, promiseLine } from './broker-check.js';
import { told } from './notify.js';
import { type EditorNode, api, control } from './red.js';

interface Step {
  subject: string;
  judgement: Finding['judgement'] | 'bad';
  values: Record<string, string | number>;
}

/** Routes of the runtime, by the type of the config node. */
const ROUTES: Record<string, string> = {
  'gridwire-broker': 'gridwire/broker-trial',
  'gridwire-store': 'gridwire/store-trial',
};

/** Lets the button of the open panel try out what is typed into it, before any deploy. */
export function connectionTrial(node: EditorNode): void {
  const button = control<HTMLButtonElement>('gridwire-trial');
  button.addEventListener('click', () => {
    button.disabled = true;
    told(attempt(node).finally(() => (button.disabled = false)));
  });
}

async function attempt(node: EditorNode): Promise<void> {
  const list = control<HTMLElement>('gridwire-trial-steps');
  list.replaceChildren(findingLine('unknown', node._('gridwire.trial.running')));
  try {
    const { steps, findings = [] } = await api<{ steps: Step[]; findings?: Finding[] }>(
      'POST',
      ROUTES[node.type] ?? '',
      { id: node.id, ...typed(), ...rights() },
    );
    const lines = [
      ...steps.map((step) => stepLine(node, step)),
      ...findings.map((finding) => promiseLine(node, finding)),
    ];
    const isGood = steps.every(({ judgement }) => judgement !== 'bad');
    const nothing = findingLine('good', node._('gridwire.trial.nothing'));
    list.replaceChildren(...(lines.length === 0 && isGood ? [nothing] : lines));
  } catch (error) {
    list.replaceChildren(findingLine('bad', (error as Error).message));
  }
}

function stepLine(node: EditorNode, { subject, judgement, values }: Step): HTMLElement {
  return findingLine(judgement, node._(`gridwire.trial.${subject}.${judgement}`, values));
}

/** What stands in the panel now: settings by their names, and user and password apart. */
function typed(): { settings: Record<string, string | boolean>; credentials: Record<string, string> } {
  const settings: Record<string, string | boolean> = {};
  const credentials: Record<string, string> = {};
  const controls = document.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(
    '.red-ui-tray:last-child [id^="node-config-input-"]',
  );
  for (const each of controls) {
    const name = each.id.replace('node-config-input-', '');
    if (!('value' in each)) continue;
    if (['username', 'user', 'password'].includes(name)) credentials[name] = each.value;
    else if (each instanceof HTMLInputElement && each.type === 'checkbox') settings[name] = each.checked;
    else settings[name] = each.value === '_ADD_' ? '' : each.value;
  }
  return { settings, credentials };
}

/** The topic to try rights on, where the panel asks for one. */
function rights(): { topic?: string; publish?: boolean } {
  const topic = document.querySelector<HTMLInputElement>('#gridwire-trial-topic');
  const publish = document.querySelector<HTMLInputElement>('#gridwire-trial-publish');
  return topic === null ? {} : { topic: topic.value, publish: publish?.checked === true };
}

/** Moves the port of MQTT with the switch for TLS, as long as it is one of the two that everybody uses. */
export function movePortWithTls(): void {
  const useTls = control('node-config-input-useTls');
  const port = control('node-config-input-port');
  useTls.addEventListener('change', () => {
    const [from, to] = useTls.checked ? ['1883', '8883'] : ['8883', '1883'];
    if (port.value.trim() === from) $(port).val(to).trigger('change');
  });
}
