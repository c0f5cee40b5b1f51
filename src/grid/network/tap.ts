import type { TapChanger, TapStep, Transformer } from './network.js';

/** A transformer at its present tap positions: rated voltages, added phase shift (radians), short-circuit figures. */
export interface TappedTransformer {
  hvKv: number;
  lvKv: number;
  shift: number;
  vkPercent: number;
  vkrPercent: number;
}

export function tappedTransformer(transformer: Transformer): TappedTransformer {
  const { hvKv, lvKv, vkPercent, vkrPercent } = transformer;
  const tapped = { hvKv, lvKv, shift: 0, vkPercent, vkrPercent };
  for (const tap of [transformer.tap, transformer.tap2]) if (tap !== undefined) apply(tap, tapped);
  return tapped;
}

/** The row of a tap changer's table that holds at its position; undefined where the table has none. */
export function tapStep({ table, position }: TapChanger): TapStep | undefined {
  return table?.find((step) => step.position === position);
}

function apply(tap: TapChanger, tapped: TappedTransformer): void {
  const { ratio, angle, step } = effect(tap);
  if (tap.side === 'hv') tapped.hvKv *= ratio;
  else tapped.lvKv *= ratio;
  tapped.shift += tap.side === 'hv' ? angle : -angle;
  if (step === undefined) return;
  tapped.vkPercent = step.vkPercent;
  tapped.vkrPercent = step.vkrPercent;
}

/** Factor on the rated voltage of the changer's side and the angle that it adds there, radians. */
function effect(tap: TapChanger): { ratio: number; angle: number; step?: TapStep } {
  const step = tapStep(tap);
  if (step !== undefined) return { ratio: step.ratio, angle: (step.degree * Math.PI) / 180, step };
  const steps = tap.position - tap.neutral;
  const degrees = tap.stepDegree ?? 0;
  const added = (steps * tap.stepPercent) / 100;
  if (tap.ideal === true) {
    const angle = degrees === 0 ? 2 * Math.asin(added / 2) : (steps * degrees * Math.PI) / 180;
    return { ratio: 1, angle };
  }
  const direction = (degrees * Math.PI) / 180;
  const real = 1 + added * Math.cos(direction);
  const imaginary = added * Math.sin(direction);
  return { ratio: Math.hypot(real, imaginary), angle: Math.atan(imaginary / real) };
}
