/**
 * Subgroups: does the model serve each group of patients as well as the rest?
 *
 * In      outcome, probability, a label per row (null: not recorded), a threshold from which a row counts as flagged
 * Out     per group AUROC, Brier score, calibration, false negative and false positive rate, PPV; the first and the last three also minus
 *         those of the rest, on the same draws of patients
 * Choice  the rest are the rows recorded in another group; rows without a label are in neither
 * Choice  below ten events or ten others a group has no figures, and it says so; likewise differences where the rest has too few
 * Choice  where folds are given AUROC counts pairs of the same fold only, as the headline does
 * Source  Wang et al. 2022, doi:10.1093/jamia/ocac065
 */
import { calibrationInterceptStatistic, calibrationSlopeStatistic } from './calibration.ts';
import { joinPanels, measurePanel, type Panel } from './panel.ts';
import { brierStatistic } from './probability-error.ts';
import type { SubgroupEvidence, SubgroupTable } from './evidence.ts';
import type { Resampled } from './resampled.ts';
import { subgroupRates } from './subgroup-rates.ts';
import type { WeightedMeasure } from './sample.ts';

/** Least events, and least others, for a group to have figures. */
export const SUBGROUP_LEAST = 10;

export interface SubgroupInput {
  readonly by: string;
  readonly labels: readonly (string | null)[];
  readonly outcome: Uint8Array;
  readonly risk: Float64Array;
  readonly groups: Int32Array;
  readonly fold: Int32Array | null;
  readonly threshold: number;
}

const rates = ['auroc', 'fnr', 'fpr', 'ppv'] as const;
const ownMeasures = ['brier', 'calibrationIntercept', 'calibrationSlope'] as const;

/** Table of one division of the rows: what is measured on each resample, and how the table is read from it. */
export function subgroupPart(input: SubgroupInput): Panel & { readonly read: (numbers: Resampled) => SubgroupTable } {
  const { outcome, labels, groups, threshold } = input;
  const names = [...new Set(labels.filter((label) => label !== null))].sort();
  const number = new Map(names.map((name, g) => [name, g] as const));
  const member = Int32Array.from(labels, (label) => (label === null ? -1 : number.get(label)!));
  const sizes = names.map((group, g) => {
    const rows = [...member.keys()].filter((i) => member[i] === g);
    const events = rows.reduce((sum, i) => sum + outcome[i]!, 0);
    return { group, rows: Int32Array.from(rows), patients: new Set(rows.map((i) => groups[i]!)).size, events };
  });
  const all = { rows: sizes.reduce((sum, s) => sum + s.rows.length, 0), events: sizes.reduce((sum, s) => sum + s.events, 0) };
  const shown = sizes.map(({ rows, events }) => tooFew(rows.length, events, 'the group') === null);
  const panel = joinPanels([
    subgroupRates({ ...input, member, count: names.length }),
    ...sizes.filter((_, g) => shown[g]).map(({ rows }) => measurePanel(ownStatistics(input, rows))),
  ]);
  return {
    ...panel,
    read: (numbers) => ({
      by: input.by,
      notRecorded: labels.length - all.rows,
      threshold,
      groups: sizes.map(({ group, rows, patients, events }, g): SubgroupEvidence => {
        const suppressed = tooFew(rows.length, events, 'the group');
        const differencesSuppressed =
          suppressed ?? tooFew(all.rows - rows.length, all.events - events, 'the rest, against which it would be compared,');
        const at = g * 2 * rates.length;
        const own = names.length * 2 * rates.length + shown.slice(0, g).filter(Boolean).length * ownMeasures.length;
        return {
          group,
          rows: rows.length,
          patients,
          events,
          suppressed,
          differencesSuppressed,
          figures:
            suppressed !== null
              ? {}
              : Object.fromEntries([
                  ...rates.map((name, k) => [name, numbers.figure(at + k)]),
                  ...ownMeasures.map((name, k) => [name, numbers.figure(own + k)]),
                ]),
          differences:
            differencesSuppressed !== null
              ? {}
              : Object.fromEntries(rates.map((name, k) => [name, numbers.figure(at + rates.length + k)])),
        };
      }),
    }),
  };
}

function tooFew(rows: number, events: number, what: string): string | null {
  const others = rows - events;
  if (events >= SUBGROUP_LEAST && others >= SUBGROUP_LEAST) return null;
  const found = events < SUBGROUP_LEAST ? `${events} events` : `${others} discharges without the event`;
  return `${what} has ${found}, fewer than ${SUBGROUP_LEAST}`;
}

function ownStatistics({ outcome, risk }: SubgroupInput, rows: Int32Array): WeightedMeasure[] {
  const ourOutcome = Uint8Array.from(rows, (i) => outcome[i]!);
  const ourRisk = Float64Array.from(rows, (i) => risk[i]!);
  const ourWeight = new Float64Array(rows.length);
  return [brierStatistic, calibrationInterceptStatistic, calibrationSlopeStatistic].map((statistic) => {
    const measure = statistic(ourOutcome, ourRisk);
    return (weight) => {
      for (let k = 0; k < rows.length; k++) ourWeight[k] = weight[rows[k]!]!;
      return measure(ourWeight);
    };
  });
}
