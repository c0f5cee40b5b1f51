import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { COMMON_SENTINELS, isSentinel } from '../../../../src/telemetry/plausibility/sentinels.js';

const isCommon = (value: number): boolean => isSentinel(value, COMMON_SENTINELS);

describe('plausibility: marks for "no measurement"', () => {
  it('are the ends of 16- and 32-bit registers, signed, unsigned and scaled', () => {
    const marks = [
      32767, 32768, -32767, -32768, 65535, 65536, 2147483647, 2147483648, -2147483647, -2147483648,
    ];
    marks.push(4294967295, 4294967296, 21474836.47, -21474836.48, 3276.7, -3276.8, 6553.5, 655.35, 327.67);
    marks.push(32.767, 65.535, 429496729.5, 4294967.295, 214748364.7, 327670, 655350);
    assert.deepEqual(
      marks.filter((mark) => !isCommon(mark)),
      [],
    );
  });

  it('are known also after the arithmetic of a driver, or as a 32-bit float', () => {
    const marks = [65535 * 0.1, 32767 * 0.1, 65535 * 0.01, 2147483647 * 0.01, 65535 * 0.001];
    for (const mark of marks) assert.ok(isCommon(mark) && isCommon(Math.fround(mark)), String(mark));
  });

  it('are no measurements beside them', () => {
    const sound = [
      0, -1, 1, 230.1, 3276.6, 6553.4, 327.6, 655.3, 65.5, 32766, 65534, 21474836.4, 2147483600, 100,
    ];
    assert.deepEqual(sound.filter(isCommon), []);
  });

  it('can be any numbers of one’s own', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (mark) => {
        assert.ok(isSentinel(mark, [mark]) && isSentinel(Math.fround(mark), [mark]));
        fc.pre(Math.abs(mark) > 1e-300 && Math.abs(mark) < 1e300);
        assert.ok(!isSentinel(mark * 1.001, [mark]));
      }),
    );
  });
});
