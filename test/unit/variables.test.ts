import assert from 'node:assert/strict';
import { hasVariable, substituteVariables } from '../../src/variables.js';

describe('variables in a text', () => {
  const given: Record<string, string> = { A: '1', EMPTY: '' };
  const filled = (text: string): string => substituteVariables(text, (name) => given[name]);

  it('are filled in, or their defaults, and all else stays', () => {
    assert.equal(filled('a ${A} b ${B:-x} ${EMPTY:-y} ${B:-} } ${A'), 'a 1 b x y  } ${A');
    assert.equal(filled('${B:-${A}'), '${A');
    assert.throws(() => filled('${B}'), { code: 'SETTING_INVALID' });
    assert.deepEqual(['${A', '${A}', '}${A', 'x'].map(hasVariable), [false, true, false, false]);
  });

  it('that are opened and never closed are read once, not again from each', () => {
    const open = '${A:-'.repeat(1_000_000);
    assert.equal(filled(open), open);
    assert.equal(hasVariable(open), false);
  });
});
