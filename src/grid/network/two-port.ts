import type { Line, PerUnitBranch, Transformer } from './network.js';

/**
 * The four complex admittances of a branch, per unit: [gff, bff, gft, bft, gtf, btf, gtt, btt], so that
 * I_from = yff V_from + yft V_to and I_to = ytf V_from + ytt V_to.
 */
export type TwoPort = Float64Array;

interface Pi {
  r: number;
  x: number;
  gFrom: number;
  bFrom: number;
  gTo: number;
  bTo: number;
  /** Turns ratio and phase shift (radians) of an ideal transformer at the from end. */
  ratio: number;
  shift: number;
}

/** Two-port of a pi section behind an ideal transformer (the MATPOWER branch model, manual section 3.2). */
function piTwoPort({ r, x, gFrom, bFrom, gTo, bTo, ratio, shift }: Pi): TwoPort {
  const squared = r * r + x * x;
  const g = r / squared;
  const b = -x / squared;
  const cos = Math.cos(shift) / ratio;
  const sin = Math.sin(shift) / ratio;
  return Float64Array.of(
    (g + gFrom) / (ratio * ratio),
    (b + bFrom) / (ratio * ratio),
    -(g * cos - b * sin),
    -(g * sin + b * cos),
    -(g * cos + b * sin),
    -(b * cos - g * sin),
    g + gTo,
    b + bTo,
  );
}

/** @param nominalKv line-to-line voltage of the line's buses */
export function lineTwoPort(line: Line, nominalKv: number, baseMva: number, frequencyHz: number): TwoPort {
  const parallel = line.parallel ?? 1;
  const baseOhm = (nominalKv * nominalKv) / baseMva;
  const seriesScale = line.lengthKm / (baseOhm * parallel);
  const shuntScale = (line.lengthKm * baseOhm * parallel) / 2;
  const g = (line.gUsPerKm ?? 0) * 1e-6 * shuntScale;
  const b = 2 * Math.PI * frequencyHz * (line.cNfPerKm ?? 0) * 1e-9 * shuntScale;
  const series = { r: line.rOhmPerKm * seriesScale, x: line.xOhmPerKm * seriesScale };
  return piTwoPort({ ...series, gFrom: g, bFrom: b, gTo: g, bTo: b, ratio: 1, shift: 0 });
}

export function branchTwoPort(branch: PerUnitBranch): TwoPort {
  const b = (branch.bPu ?? 0) / 2;
  const shift = ((branch.shiftDegree ?? 0) * Math.PI) / 180;
  return piTwoPort({
    ...{ r: branch.rPu, x: branch.xPu, ratio: branch.ratio ?? 1, shift },
    ...{ gFrom: 0, bFrom: b, gTo: 0, bTo: b },
  });
}

/**
 * Transformer by its T equivalent, turned into a pi (as in pandapower: the tap changes the rated voltage of its
 * side, the impedance is referred to the low-voltage side, half of it lies on each side of the magnetising branch).
 */
export function transformerTwoPort(
  transformer: Transformer,
  busHvKv: number,
  busLvKv: number,
  baseMva: number,
): TwoPort {
  const parallel = transformer.parallel ?? 1;
  const tapped = ratedVoltages(transformer);
  // Rated quantities refer to the transformer's own voltage, the network's to that of its bus.
  const toBase = ((tapped.lvKv / busLvKv) ** 2 * baseMva) / (transformer.ratedMva * parallel);
  const r = (transformer.vkrPercent / 100) * toBase;
  const z = (transformer.vkPercent / 100) * toBase;
  // Equivalents of meshed networks may have a negative reactance; its sign is that of the short-circuit voltage.
  const x = Math.sign(z) * Math.sqrt(z * z - r * r);
  return piTwoPort({
    ...starToDelta(r, x, ...magnetisingAdmittance(transformer, 1 / (toBase * transformer.ratedMva))),
    ratio: (tapped.hvKv / tapped.lvKv) * (busLvKv / busHvKv),
    shift: ((transformer.shiftDegree ?? 0) * Math.PI) / 180 + tapped.shift,
  });
}

/** Rated voltages and added phase shift (radians) at the present tap position. */
function ratedVoltages({ hvKv, lvKv, tap }: Transformer): { hvKv: number; lvKv: number; shift: number } {
  if (tap === undefined) return { hvKv, lvKv, shift: 0 };
  const step = ((tap.position - tap.neutral) * tap.stepPercent) / 100;
  const angle = ((tap.stepDegree ?? 0) * Math.PI) / 180;
  const real = 1 + step * Math.cos(angle);
  const imaginary = step * Math.sin(angle);
  const factor = Math.hypot(real, imaginary);
  const shift = Math.atan2(imaginary, real);
  return tap.side === 'hv'
    ? { hvKv: hvKv * factor, lvKv, shift }
    : { hvKv, lvKv: lvKv * factor, shift: -shift };
}

/** Magnetising admittance g + jb in per unit; `perMva` turns MVA at rated voltage into per unit. */
function magnetisingAdmittance(transformer: Transformer, perMva: number): [number, number] {
  const lossMva = (transformer.ironLossKw ?? 0) / 1000;
  const apparentMva = ((transformer.noLoadCurrentPercent ?? 0) / 100) * transformer.ratedMva;
  const reactiveMva = Math.sqrt(Math.max(0, apparentMva ** 2 - lossMva ** 2));
  return [lossMva * perMva, -reactiveMva * perMva];
}

/** Turns the star (z/2, z/2, magnetising branch to ground) into the equivalent pi. */
function starToDelta(r: number, x: number, g: number, b: number): Omit<Pi, 'ratio' | 'shift'> {
  if (g === 0 && b === 0) return { r, x, gFrom: 0, bFrom: 0, gTo: 0, bTo: 0 };
  // Series: z + (z/2)^2 y.  Shunt at each end: y / (2 + (z/2) y), the same twice because the halves are equal.
  const halfSquaredReal = (r * r - x * x) / 4;
  const halfSquaredImaginary = (r * x) / 2;
  const denominatorReal = 2 + (r * g - x * b) / 2;
  const denominatorImaginary = (r * b + x * g) / 2;
  const squared = denominatorReal ** 2 + denominatorImaginary ** 2;
  const shuntG = (g * denominatorReal + b * denominatorImaginary) / squared;
  const shuntB = (b * denominatorReal - g * denominatorImaginary) / squared;
  return {
    r: r + halfSquaredReal * g - halfSquaredImaginary * b,
    x: x + halfSquaredReal * b + halfSquaredImaginary * g,
    ...{ gFrom: shuntG, bFrom: shuntB, gTo: shuntG, bTo: shuntB },
  };
}

/** What is left at one end of a branch when its other end is open: an admittance to ground. */
export function openEnded(port: TwoPort, openEnd: 'from' | 'to'): TwoPort {
  const [gff = 0, bff = 0, gft = 0, bft = 0, gtf = 0, btf = 0, gtt = 0, btt = 0] = port;
  const productReal = gft * gtf - bft * btf;
  const productImaginary = gft * btf + bft * gtf;
  const [g, b] = openEnd === 'to' ? [gtt, btt] : [gff, bff];
  const squared = g * g + b * b;
  const real = (productReal * g + productImaginary * b) / squared;
  const imaginary = (productImaginary * g - productReal * b) / squared;
  return openEnd === 'to'
    ? Float64Array.of(gff - real, bff - imaginary, 0, 0, 0, 0, 0, 0)
    : Float64Array.of(0, 0, 0, 0, 0, 0, gtt - real, btt - imaginary);
}
