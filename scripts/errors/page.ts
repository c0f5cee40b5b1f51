import { type ErrorCode, GridwireError } from '../../src/errors.js';
import { table } from '../contracts/markdown.js';
import { ERROR_AREAS } from './advice.js';

/** docs/errors.md: every code with its class, what it means and what helps. */
export function errorPage(): string {
  const sections = Object.entries(ERROR_AREAS).map(([area, advice]) => {
    const rows = Object.entries(advice).map(([code, { means, helps }]) => [
      `\`${code}\``,
      new GridwireError(code as ErrorCode, '').fault,
      means,
      helps,
    ]);
    return `## ${area}\n\n${table(['code', 'class', 'what it means', 'what helps'], rows)}`;
  });
  return `${INTRODUCTION}\n\n${sections.join('\n\n')}\n`;
}

const INTRODUCTION = `# Error codes

Every error of Gridwire has a stable code, a sentence that says what is wrong with this message or setting, and the
cause. Catch nodes find the code in \`msg.error.code\`, dead letters in \`failure_code\` or the header
\`gridwire-failure-code\`. A code keeps its name and meaning from version to version.

The class says what becomes of the event. **transient**: something else is away; the event waits and is tried again,
and this does not count as one of its attempts. **permanent**: it can never succeed, and becomes a dead letter at once.
A single error may be of another class than its code usually is; the error itself has the last word.`;
