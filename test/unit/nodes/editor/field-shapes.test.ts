import assert from 'node:assert/strict';
import { checkShapes } from '../../../../nodes/editor/browser/field-shapes.js';

type Defaults = Parameters<typeof checkShapes>[0];

/** What the editor hears of a property: `stored` in the flow, `shown` where its panel is open. */
function heard(defaults: Defaults, stored: unknown, shown: unknown = stored): unknown {
  checkShapes(defaults);
  const node = { _: (key: string) => key, field: stored };
  return defaults['field']!.validate!.call(node, shown, {});
}

describe('properties of another shape than their default', () => {
  const wrongTexts: unknown[] = [{}, { value: 'x' }, [], ['a'], { toString: 'x' }];
  for (const value of wrongTexts) {
    it(`refuses ${JSON.stringify(value)} for a text and for a switch, before the property's own check`, () => {
      const never = (): never => assert.fail('asked about what is no text');
      assert.equal(heard({ field: { value: '', validate: never } }, value), 'gridwire.check.text');
      assert.equal(heard({ field: { value: '' } }, value), 'gridwire.check.text');
      assert.equal(heard({ field: { value: false } }, value), 'gridwire.check.text');
    });
  }

  for (const value of ['text', {}, 5, true]) {
    it(`refuses ${JSON.stringify(value)} for a list`, () => {
      assert.equal(heard({ field: { value: [] } }, value), 'gridwire.check.list');
    });
  }

  it('takes what older flows hold: nothing, numbers, switches, lists', () => {
    for (const value of [undefined, null, '', 'x', 5, true])
      assert.equal(heard({ field: { value: '' } }, value), true);
    for (const value of [undefined, null, '', [], [{ a: 1 }]])
      assert.equal(heard({ field: { value: [] } }, value), true);
  });

  it('refuses it in the open panel as long as that shows what is stored, and asks about what is written then', () => {
    const own = (value: unknown): unknown => (value === 'right' ? true : 'wrong');
    const defaults = (): Defaults => ({ field: { value: '', validate: own } });
    assert.equal(heard(defaults(), { a: 1 }, '[object Object]'), 'gridwire.check.text');
    assert.equal(heard(defaults(), { a: 1 }, 'right'), true);
    assert.equal(heard(defaults(), 'left', 'other'), 'wrong');
  });

  it('leaves what names a config node to the editor, and has a check that the editor hears reasons of', () => {
    const defaults: Defaults = { field: { value: '', type: 'gridwire-broker' }, other: { value: '' } };
    checkShapes(defaults);
    assert.equal(defaults['field']!.validate, undefined);
    assert.equal(defaults['other']!.validate!.length, 2);
  });
});
