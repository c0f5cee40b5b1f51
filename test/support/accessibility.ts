import { readFileSync } from 'node:fs';
import type { EditorPage } from './editor-page.js';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Controls that Node-RED makes inside our panels: what they lack is Node-RED's. */
const NODE_RED_WIDGETS = [
  '.red-ui-typedInput-container',
  '.red-ui-editableList-addButton',
  '.red-ui-editableList-item-remove',
  '.red-ui-editableList-item-handle',
  '.red-ui-tabs',
];

interface Finding {
  id: string;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

/**
 * What axe-core finds wrong in the elements of `selector`, a line for each rule and element.
 * @param leaveOut rules of axe-core that do not count here
 * @throws Error if there is no such element
 */
export async function accessibilityFaults(
  editor: EditorPage,
  selector: string,
  leaveOut: readonly string[] = [],
): Promise<string[]> {
  if ((await editor.page.locator(selector).count()) === 0) throw new Error(`there is no ${selector}`);
  await editor.page.evaluate(AXE);
  const context = { include: [[selector]], exclude: NODE_RED_WIDGETS.map((widget) => [widget]) };
  const rules = Object.fromEntries(leaveOut.map((rule) => [rule, { enabled: false }]));
  const findings = await editor.evaluate<Finding[]>(
    `axe.run(${JSON.stringify(context)}, { resultTypes: ['violations'], rules: ${JSON.stringify(rules)} }).then(({ violations }) =>
      violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) })))`,
  );
  return findings.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${help}: ${html}\n${failureSummary}`),
  );
}
