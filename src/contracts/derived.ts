import type { Json, JsonObject } from '../event.js';
import type { DerivedData } from './contract-data.js';
import { isObject } from './json/json-value.js';
import { atPointer } from './json/pointer.js';

/** Adds a contract's computed members to a document; what is there already stays as it is. */
export function addDerived(document: JsonObject, rules: readonly DerivedData[]): void {
  for (const rule of rules) {
    switch (rule.rule) {
      case 'product':
        addProduct(document, rule.to, rule.of);
        break;
      case 'copy':
        addCopy(document, rule.to, rule.of);
        break;
      case 'fill':
        for (const name of rule.of) document[name] ??= null;
        break;
      case 'flatten':
        addFlattened(document, rule.of);
    }
  }
}

function addProduct(document: JsonObject, to: string, of: readonly string[]): void {
  const factors = of.map((pointer) => atPointer(document, pointer)).filter(isNumber);
  if (factors.length !== of.length || Object.hasOwn(document, to)) return;
  document[to] = factors.reduce((product, factor) => product * factor, 1);
}

function addCopy(document: JsonObject, to: string, of: string): void {
  const value = atPointer(document, of);
  if (value !== undefined && !Object.hasOwn(document, to)) document[to] = value;
}

function addFlattened(document: JsonObject, of: string): void {
  const object = atPointer(document, of) ?? null;
  if (!isObject(object)) return;
  for (const [name, value] of Object.entries(object)) {
    if (!Object.hasOwn(document, name)) document[name] = value;
  }
}

function isNumber(value: Json | undefined): value is number {
  return typeof value === 'number';
}
