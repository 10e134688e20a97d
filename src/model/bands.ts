/**
 * Bands of risk: low, moderate, high, with thresholds that the validation gave and a meaning that can be checked.
 *
 * In      outcome and calibrated risk of held-out discharges, and the base rate
 * Rule    high: the tenth of the validation discharges with the highest risk; moderate: at or above the base rate; low: the rest
 * Choice  equal risks are never divided: the high band ends at the border of equal risks that flags at most a tenth, or takes the
 *         topmost group of equal risks where that alone is more
 * Choice  bands describe; they recommend no action. A threshold for action weighs benefit and harm and belongs to who acts
 */
import { ModelError } from '../errors.ts';
import type { Band } from './model-header.ts';

/** Share of the validation discharges that the high band aims at. */
export const HIGH_SHARE = 0.1;

/** How a validation tells who had the outcome: "8 % readmitted, 60 % of all readmissions". */
export interface OutcomeWords {
  readonly had: string;
  readonly all: string;
}
const readmissionWords: OutcomeWords = { had: 'readmitted', all: 'readmissions' };

/**
 * @param outcome   0 or 1 per held-out discharge
 * @param risk      calibrated risk in [0, 1], same length and order
 * @param baseRate  event share, in [0, 1]
 * @param words     for an outcome that is not readmission alone
 * @returns         1 to 3 bands, ascending, the first from 0; one band when every risk is equal
 * @throws {ModelError} MODEL_BANDS_INPUT
 */
export function chooseBands(outcome: Uint8Array, risk: Float64Array, baseRate: number, words = readmissionWords): Band[] {
  if (outcome.length === 0 || outcome.length !== risk.length) {
    throw new ModelError('MODEL_BANDS_INPUT', `expected one risk per outcome, found ${outcome.length} and ${risk.length}`);
  }
  if (!risk.every((r) => r >= 0 && r <= 1) || !(baseRate >= 0 && baseRate <= 1)) {
    throw new ModelError('MODEL_BANDS_INPUT', 'expected risks and base rate in [0, 1]');
  }
  const high = highThreshold(risk);
  if (high === undefined) {
    return [
      { name: 'undivided', from: 0, meaning: `every risk in the validation was equal; ${observed(outcome, risk, 0, 2, words)}` },
    ];
  }
  const cuts: { name: string; from: number; rule: string }[] = [{ name: 'low', from: 0, rule: '' }];
  if (baseRate > 0 && baseRate < high) {
    cuts.push({ name: 'moderate', from: baseRate, rule: `at or above the base rate of ${percent(baseRate)}` });
  }
  cuts.push({ name: 'high', from: high, rule: `the ${percent(HIGH_SHARE)} of validation discharges with the highest risk` });
  return cuts.map(({ name, from, rule }, i) => {
    const below = cuts[i + 1]?.from ?? 2;
    const what = rule || `below ${percent(below)}`;
    return { name, from, meaning: `${what}; ${observed(outcome, risk, from, below, words)}` };
  });
}

/** The same thresholds with what other discharges showed, as for a model that was recalibrated on them. */
export function bandsObserved(bands: readonly Band[], outcome: Uint8Array, risk: Float64Array, words = readmissionWords): Band[] {
  return bands.map(({ name, from }, i) => {
    const below = bands[i + 1]?.from ?? 2;
    const what = from === 0 ? (below > 1 ? 'every risk' : `below ${percent(below)}`) : `from ${percent(from)}`;
    return { name, from, meaning: `${what}; ${observed(outcome, risk, from, below, words)}` };
  });
}

/** Least risk of the high band; undefined when every risk is equal. */
function highThreshold(risk: Float64Array): number | undefined {
  const sorted = risk.slice().sort();
  const n = sorted.length;
  const top = sorted[n - 1]!;
  if (sorted[0] === top) return undefined;
  const wanted = Math.max(1, Math.floor(HIGH_SHARE * n));
  const border = sorted[n - wanted]!;
  // Where equal risks straddle the tenth, start above them, unless they are the topmost.
  if (border === top || sorted[n - wanted - 1] !== border) return border;
  return sorted.find((r) => r > border)!;
}

function observed(outcome: Uint8Array, risk: Float64Array, from: number, below: number, words: OutcomeWords): string {
  let n = 0;
  let events = 0;
  let all = 0;
  for (let i = 0; i < risk.length; i++) {
    all += outcome[i]!;
    if (!(risk[i]! >= from && risk[i]! < below)) continue;
    n++;
    events += outcome[i]!;
  }
  const rate = n === 0 ? 'none to observe' : `${percent(events / n)} ${words.had} (${events} of ${n})`;
  const share = all === 0 ? '' : `, ${percent(events / all)} of all ${words.all}`;
  return `validation: ${percent(n / risk.length)} of discharges, ${rate}${share}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
