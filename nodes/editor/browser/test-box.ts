import { type EditorNode, api, control } from './red.js';

interface TestAnswer {
  valid: boolean;
  type?: string;
  error?: { code: string; message: string };
}

/** The panel's test box: checks a pasted document by the settings as they stand in the panel. */
export function showTestBox(node: EditorNode): void {
  const answer = control<HTMLElement>('gridwire-test-answer');
  control<HTMLButtonElement>('gridwire-test-button').addEventListener('click', () => {
    const field = (name: string): string => control(`node-input-${name}`).value;
    const show = (words: string, outcome = ''): void => {
      answer.textContent = words;
      answer.className = `gridwire-test-answer ${outcome}`;
    };
    show('…');
    api<TestAnswer>('POST', 'gridwire/validate/test', {
      source: field('source'),
      contract: field('contract'),
      ownContract: field('ownContract'),
      dialect: field('dialect'),
      eventType: field('eventType'),
      schema: field('schema'),
      topic: control('gridwire-test-topic').value,
      document: control<HTMLTextAreaElement>('gridwire-test-document').value,
    })
      .then(({ valid, type, error }) => {
        if (valid) show(node._('gridwire-validate.test.valid', { type: type ?? '' }), 'gridwire-test-valid');
        else show(`${error?.code ?? ''}: ${error?.message ?? ''}`, 'gridwire-fault');
      })
      .catch((failure: unknown) => {
        show(node._('gridwire-validate.test.failed', { reason: String(failure) }), 'gridwire-fault');
      });
  });
}
