import type { Line, PerUnitBranch, Transformer } from './network.js';
import { tappedTransformer } from './tap.js';

/**
 * The four complex admittances of a branch, per unit: [gff, bff, gft, bft, gtf, btf, gtt, btt], so that
 * I_from = yff V_from + yft V_to and I_to = ytf V_from + ytt V_to.
 */
export type TwoPort = Float64Array;

interface Pi {
  r: number;
  x: number;
  /** Series impedance as seen from the to end, where it differs. */
  rBack?: number;
  xBack?: number;
  gFrom: number;
  bFrom: number;
  gTo: number;
  bTo: number;
  /** Turns ratio and phase shift (radians) of an ideal transformer at the from end. */
  ratio: number;
  shift: number;
}

/** Two-port of a pi section behind an ideal transformer (the MATPOWER branch model, manual section 3.2). */
function piTwoPort({ r, x, rBack = r, xBack = x, gFrom, bFrom, gTo, bTo, ratio, shift }: Pi): TwoPort {
  const [g, b] = inverse(r, x);
  const [gBack, bBack] = inverse(rBack, xBack);
  const cos = Math.cos(shift) / ratio;
  const sin = Math.sin(shift) / ratio;
  return Float64Array.of(
    (g + gFrom) / (ratio * ratio),
    (b + bFrom) / (ratio * ratio),
    -(g * cos - b * sin),
    -(g * sin + b * cos),
    -(gBack * cos + bBack * sin),
    -(bBack * cos - gBack * sin),
    gBack + gTo,
    bBack + bTo,
  );
}

/** 1 / (r + jx), in a form that neither overflows nor underflows. */
function inverse(r: number, x: number): [number, number] {
  const size = Math.max(Math.abs(r), Math.abs(x));
  const [a, c] = [r / size, x / size];
  const squared = (a * a + c * c) * size;
  return [a / squared, -c / squared];
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
    ...{ r: branch.rPu, x: branch.xPu, rBack: branch.rToPu ?? branch.rPu, xBack: branch.xToPu ?? branch.xPu },
    ...{ ratio: branch.ratio ?? 1, shift },
    ...{ gFrom: branch.gFromPu ?? 0, bFrom: b + (branch.bFromPu ?? 0) },
    ...{ gTo: branch.gToPu ?? 0, bTo: b + (branch.bToPu ?? 0) },
  });
}

/**
 * Transformer by its T equivalent, turned into a pi (as in pandapower: the tap changes the rated voltage of its
 * side, the impedance is referred to the low-voltage side, half of it or what the ratios say lies on each side of the
 * magnetising branch).
 */
export function transformerTwoPort(
  transformer: Transformer,
  busHvKv: number,
  busLvKv: number,
  baseMva: number,
): TwoPort {
  const parallel = transformer.parallel ?? 1;
  const tapped = tappedTransformer(transformer);
  // Rated quantities refer to the transformer's own voltage, the network's to that of its bus.
  const toBase = ((tapped.lvKv / busLvKv) ** 2 * baseMva) / (transformer.ratedMva * parallel);
  const r = (tapped.vkrPercent / 100) * toBase;
  const z = (tapped.vkPercent / 100) * toBase;
  // Equivalents of meshed networks may have a negative reactance; its sign is that of the short-circuit voltage.
  const x = Math.sign(z) * Math.sqrt(z * z - r * r);
  return piTwoPort({
    ...starToDelta(
      transformer,
      r,
      x,
      magnetisingAdmittance(transformer, 1 / (toBase * transformer.ratedMva)),
    ),
    ratio: (tapped.hvKv / tapped.lvKv) * (busLvKv / busHvKv),
    shift: ((transformer.shiftDegree ?? 0) * Math.PI) / 180 + tapped.shift,
  });
}

/** Magnetising admittance g + jb in per unit; `perMva` turns MVA at rated voltage into per unit. */
function magnetisingAdmittance(transformer: Transformer, perMva: number): [number, number] {
  const lossMva = (transformer.ironLossKw ?? 0) / 1000;
  const apparentMva = ((transformer.noLoadCurrentPercent ?? 0) / 100) * transformer.ratedMva;
  const reactiveMva = Math.sqrt(Math.max(0, apparentMva ** 2 - lossMva ** 2));
  return [lossMva * perMva, -reactiveMva * perMva];
}

type Complex = [real: number, imaginary: number];

/** Turns the star (hv part of z, lv part of z, magnetising branch to ground) into the equivalent pi. */
function starToDelta(
  { resistanceRatioHv = 0.5, reactanceRatioHv = 0.5 }: Transformer,
  r: number,
  x: number,
  magnetising: Complex,
): Omit<Pi, 'ratio' | 'shift'> {
  if (magnetising[0] === 0 && magnetising[1] === 0) return { r, x, gFrom: 0, bFrom: 0, gTo: 0, bTo: 0 };
  const hv: Complex = [r * resistanceRatioHv, x * reactanceRatioHv];
  const lv: Complex = [r - hv[0], x - hv[1]];
  // Series: z_hv + z_lv + z_hv z_lv y. Shunt at an end: y z_other / series, which becomes y / (2 + z y / 2) for halves.
  const product = times(times(hv, lv), magnetising);
  const series: Complex = [r + product[0], x + product[1]];
  const [gFrom, bFrom] = over(times(magnetising, lv), series);
  const [gTo, bTo] = over(times(magnetising, hv), series);
  return { r: series[0], x: series[1], gFrom, bFrom, gTo, bTo };
}

function times([a, b]: Complex, [c, d]: Complex): Complex {
  return [a * c - b * d, a * d + b * c];
}

function over([a, b]: Complex, [c, d]: Complex): Complex {
  const squared = c * c + d * d;
  return [(a * c + b * d) / squared, (b * c - a * d) / squared];
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
