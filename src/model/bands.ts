/**
 * Bands of risk: low, moderate, high, with thresholds that the validation gave and a meaning that can be checked.
 *
 * In      outcome and calibrated risk of held-out discharges, and the base rate
 * Rule    high: the tenth of the validation discharges with the highest risk; moderate: at or above the base rate; low: the rest
 * Choice  equal risks are never divided: the high band ends at the border of equal risks that flags at most a tenth, or takes the
 *         topmost group of equal risks where that alone is more
 * Choice  a band with few events, or few others, is told together with its neighbour (../util/disclosure.ts)
 * Choice  bands describe; they recommend no action. A threshold for action weighs benefit and harm and belongs to who acts
 */
import { ModelError } from '../errors.ts';
import { joinSmallNeighbours } from '../util/disclosure.ts';
import type { Band } from './model-header.ts';

/** Share of the validation discharges that the high band aims at. */
export const HIGH_SHARE = 0.1;

/** Least risk of a band. */
export type BandCut = Pick<Band, 'name' | 'from'>;

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
 * @param placed    the band of each discharge by cuts that did not see it, where what a band holds is to be told by those: names, same length
 * @returns         1 to 3 bands, ascending, the first from 0; one band when every risk is equal
 * @throws {ModelError} MODEL_BANDS_INPUT
 */
export function chooseBands(
  outcome: Uint8Array,
  risk: Float64Array,
  baseRate: number,
  words = readmissionWords,
  placed?: readonly string[],
): Band[] {
  if (outcome.length === 0 || outcome.length !== risk.length) {
    throw new ModelError('MODEL_BANDS_INPUT', `expected one risk per outcome, found ${outcome.length} and ${risk.length}`);
  }
  const cuts = cutBands(risk, baseRate);
  const seen = observedByBand(cuts, outcome, placed === undefined ? placesByRisk(cuts, risk) : placesByName(cuts, placed), words);
  const rules: Readonly<Record<string, string>> = {
    undivided: 'every risk in the validation was equal',
    low: `below ${percent(cuts[1]?.from ?? 2)}`,
    moderate: `at or above the base rate of ${percent(baseRate)}`,
    high: `the ${percent(HIGH_SHARE)} of validation discharges with the highest risk`,
  };
  return cuts.map(({ name, from }, i) => ({ name, from, meaning: `${rules[name]!}; ${seen[i]!}` }));
}

/**
 * The rule alone: names and thresholds without what the bands hold.
 *
 * @throws {ModelError} MODEL_BANDS_INPUT
 */
export function cutBands(risk: Float64Array, baseRate: number): BandCut[] {
  if (!risk.every((r) => r >= 0 && r <= 1) || !(baseRate >= 0 && baseRate <= 1)) {
    throw new ModelError('MODEL_BANDS_INPUT', 'expected risks and base rate in [0, 1]');
  }
  const high = highThreshold(risk);
  if (high === undefined) return [{ name: 'undivided', from: 0 }];
  const isModerate = baseRate > 0 && baseRate < high;
  return [{ name: 'low', from: 0 }, ...(isModerate ? [{ name: 'moderate', from: baseRate }] : []), { name: 'high', from: high }];
}

/** Number of the band of each risk. */
function placesByRisk(bands: readonly BandCut[], risk: Float64Array): Int32Array {
  return Int32Array.from(risk, (r) => bands.findLastIndex(({ from }) => r >= from));
}

/** A band that was cut elsewhere and not here counts as the lowest. */
function placesByName(bands: readonly BandCut[], names: readonly string[]): Int32Array {
  return Int32Array.from(names, (placed) =>
    Math.max(
      0,
      bands.findIndex(({ name }) => name === placed),
    ),
  );
}

/** The same thresholds with what other discharges showed, as for a model that was recalibrated on them. */
export function bandsObserved(bands: readonly Band[], outcome: Uint8Array, risk: Float64Array, words = readmissionWords): Band[] {
  const seen = observedByBand(bands, outcome, placesByRisk(bands, risk), words);
  return bands.map(({ name, from }, i) => {
    const below = bands[i + 1]?.from ?? 2;
    const what = from === 0 ? (below > 1 ? 'every risk' : `below ${percent(below)}`) : `from ${percent(from)}`;
    return { name, from, meaning: `${what}; ${seen[i]!}` };
  });
}

/** Names of the bands that hold none of these risks, ascending: a band that says nothing here. */
export function emptyBands(bands: readonly BandCut[], risk: Float64Array): string[] {
  const taken = new Set(placesByRisk(bands, risk));
  return bands.filter((_, b) => !taken.has(b)).map(({ name }) => name);
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

/** Per band what the validation showed, of it alone or of it and the neighbours it is told with. */
function observedByBand(bands: readonly BandCut[], outcome: Uint8Array, places: Int32Array, words: OutcomeWords): string[] {
  const counts = bands.map(() => ({ events: 0, others: 0 }));
  places.forEach((b, i) => (counts[b]![outcome[i] === 1 ? 'events' : 'others'] += 1));
  const all = counts.reduce((sum, { events }) => sum + events, 0);
  const texts = new Map<number, string>();
  for (const members of joinSmallNeighbours(counts)) {
    const sum = (kind: 'events' | 'others'): number => members.reduce((total, b) => total + counts[b]![kind], 0);
    const [events, n] = [sum('events'), sum('events') + sum('others')];
    const rate = n === 0 ? 'none to observe' : `${percent(events / n)} ${words.had} (${events} of ${n})`;
    const share = all === 0 ? '' : `, ${percent(events / all)} of all ${words.all}`;
    for (const b of members) {
      const others = members.filter((member) => member !== b).map((member) => bands[member]!.name);
      const together = others.length === 0 ? '' : ` (with ${others.join(' and ')}, as one of them alone has too few to tell)`;
      texts.set(b, `validation${together}: ${percent(n / places.length)} of discharges, ${rate}${share}`);
    }
  }
  return bands.map((_, b) => texts.get(b)!);
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
