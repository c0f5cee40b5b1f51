import type { Shunt } from './network.js';

/** What a shunt consumes at 1 pu with the steps that are connected. */
export function shuntPower(shunt: Shunt): { pMw: number; qMvar: number } {
  const { pMw, qMvar, step = 1, table } = shunt;
  const row = table?.find((one) => one.step === step);
  return row ?? { pMw: pMw * step, qMvar: qMvar * step };
}
