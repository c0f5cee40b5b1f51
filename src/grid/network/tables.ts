import type { Network } from './network.js';

/** What a number must be. */
export type Rule = 'any' | 'positive' | 'not-negative' | 'whole-positive' | 'part';

/** What the rows of one table must hold. */
export interface Table {
  key: keyof Network;
  /** What one entry is called in error messages. */
  word: string;
  buses: readonly string[];
  numbers: Readonly<Record<string, Rule>>;
  optional: Readonly<Record<string, Rule>>;
  /** What else its rows may hold, besides `id`, `name` and `inService`. */
  others?: readonly string[];
}

/** What an entry of a table may hold. */
export function keysOf({ buses, numbers, optional, others = [] }: Table): Set<string> {
  const own = [...buses, ...Object.keys(numbers), ...Object.keys(optional), ...others];
  return new Set(['id', 'name', 'inService', ...own]);
}

/** What a network may hold besides its tables. */
export const NETWORK_KEYS = ['name', 'reference', 'baseMva', 'frequencyHz'];

/** What a tap changer, a position of it, and a step of a shunt may hold. */
export const TAP_KEYS: ReadonlySet<string> = new Set(
  'side position neutral min max stepPercent stepDegree ideal table'.split(' '),
);
export const TAP_STEP_KEYS: ReadonlySet<string> = new Set(
  'position ratio degree vkPercent vkrPercent'.split(' '),
);
export const SHUNT_STEP_KEYS: ReadonlySet<string> = new Set(['step', 'pMw', 'qMvar']);

/** What each table must hold. Data, so that one loop checks them all. */
export const TABLES: readonly Table[] = [
  {
    key: 'buses',
    word: 'bus',
    buses: [],
    numbers: { nominalKv: 'not-negative' },
    optional: { vmPu: 'positive', vaDegree: 'any', minPu: 'any', maxPu: 'any', x: 'any', y: 'any' },
  },
  {
    key: 'lines',
    word: 'line',
    buses: ['from', 'to'],
    numbers: { lengthKm: 'positive', rOhmPerKm: 'any', xOhmPerKm: 'any' },
    optional: { cNfPerKm: 'any', gUsPerKm: 'any', maxKa: 'positive', parallel: 'whole-positive' },
  },
  {
    key: 'transformers',
    word: 'transformer',
    buses: ['hv', 'lv'],
    numbers: {
      ratedMva: 'positive',
      hvKv: 'positive',
      lvKv: 'positive',
      vkPercent: 'any',
      vkrPercent: 'any',
    },
    optional: {
      ironLossKw: 'any',
      noLoadCurrentPercent: 'any',
      shiftDegree: 'any',
      parallel: 'whole-positive',
      resistanceRatioHv: 'part',
      reactanceRatioHv: 'part',
    },
    others: ['tap', 'tap2'],
  },
  {
    key: 'branches',
    word: 'branch',
    buses: ['from', 'to'],
    numbers: { rPu: 'any', xPu: 'any' },
    optional: {
      ...{
        bPu: 'any',
        gFromPu: 'any',
        bFromPu: 'any',
        gToPu: 'any',
        bToPu: 'any',
        rToPu: 'any',
        xToPu: 'any',
      },
      ...{ ratio: 'positive', shiftDegree: 'any', ratedMva: 'positive' },
    },
  },
  {
    key: 'shunts',
    word: 'shunt',
    buses: ['bus'],
    numbers: { pMw: 'any', qMvar: 'any' },
    optional: { step: 'not-negative', maxStep: 'not-negative' },
    others: ['table'],
  },
  {
    key: 'loads',
    word: 'load',
    buses: ['bus'],
    numbers: { pMw: 'any', qMvar: 'any' },
    optional: {
      scaling: 'any',
      ...{ currentPartP: 'part', currentPartQ: 'part', impedancePartP: 'part', impedancePartQ: 'part' },
    },
  },
  {
    key: 'generators',
    word: 'generator',
    buses: ['bus'],
    numbers: { pMw: 'any', vmPu: 'positive' },
    optional: { minQMvar: 'any', maxQMvar: 'any' },
  },
  {
    key: 'staticGenerators',
    word: 'static generator',
    buses: ['bus'],
    numbers: { pMw: 'any', qMvar: 'any' },
    optional: { scaling: 'any' },
  },
  {
    key: 'storages',
    word: 'storage',
    buses: ['bus'],
    numbers: { pMw: 'any', qMvar: 'any' },
    optional: {},
  },
  {
    key: 'sources',
    word: 'source',
    buses: ['bus'],
    numbers: { vmPu: 'positive' },
    optional: { vaDegree: 'any' },
  },
  {
    ...{ key: 'switches', word: 'switch', buses: ['bus'], numbers: {}, optional: {} },
    others: ['element', 'elementKind', 'closed'],
  },
];
