/**
 * Subgroups: does the model serve each group of patients as well as the rest?
 *
 * In      outcome, probability, a label per row (null: not recorded), a threshold from which a row counts as flagged
 * Out     per group AUROC, Brier score, calibration, false negative and false positive rate, PPV; the first and the last three also minus
 *         those of the rest, on the same draws of patients
 * Choice  the rest are the rows recorded in another group; rows without a label are in neither, unless their number is withheld: then they
 *         are among the rest, whose figures would else tell it
 * Choice  below ten events, ten others or ten patients a group has neither figures nor counts, and it says so; likewise differences where
 *         the rest has too few (../util/disclosure.ts)
 * Choice  where a group's counts are withheld for the sake of another's, it has no FNR, FPR and PPV: they are fractions whose
 *         denominators are those counts. Its other figures have two decimals, for the same reason
 * Choice  a flag is the model's, and nobody else knows who has one: how many of a group are flagged is not counted as a group
 * Choice  where folds are given AUROC counts pairs of the same fold only, as the headline does
 * Source  Wang et al. 2022, doi:10.1093/jamia/ocac065
 */
import { calibrationInterceptStatistic, calibrationSlopeStatistic } from './calibration.ts';
import { joinPanels, measurePanel, type Panel } from './panel.ts';
import { brierStatistic } from './probability-error.ts';
import { discloseDivision, tooFew, type Disclosure, type GroupCounts } from '../util/disclosure.ts';
import type { Figure, SubgroupEvidence, SubgroupTable } from './evidence.ts';
import type { Resampled } from './resampled.ts';
import { subgroupRates } from './subgroup-rates.ts';
import type { WeightedMeasure } from './sample.ts';

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
/** Fractions of a group's counts. */
const countFractions: readonly string[] = ['fnr', 'fpr', 'ppv'];

/** Table of one division of the rows: what is measured on each resample, and how the table is read from it. */
export function subgroupPart(input: SubgroupInput): Panel & { readonly read: (numbers: Resampled) => SubgroupTable } {
  const { labels, threshold } = input;
  const names = [...new Set(labels.filter((label) => label !== null))].sort();
  const { parts, unlabelled, isUnlabelledTold } = divide(input, names);
  const restHasUnlabelled = !isUnlabelledTold;
  const number = new Map(names.map((name, g) => [name, g] as const));
  const member = Int32Array.from(labels, (label) =>
    label === null ? (restHasUnlabelled ? names.length : -1) : number.get(label)!,
  );
  const all = sumOf([...parts.map(({ counts }) => counts), ...(restHasUnlabelled ? [unlabelled] : [])]);
  const measured = parts.filter(({ suppressed }) => suppressed === null);
  const count = names.length + (restHasUnlabelled ? 1 : 0);
  const panel = joinPanels([
    subgroupRates({ ...input, member, count }),
    ...measured.map(({ rows }) => measurePanel(ownStatistics(input, rows))),
  ]);
  return {
    ...panel,
    read: (numbers) => ({
      by: input.by,
      notRecorded: isUnlabelledTold ? unlabelled.events + unlabelled.others : null,
      threshold,
      groups: parts.map((part, g): SubgroupEvidence => {
        const { group, counts, told, suppressed } = part;
        const few = tooFew({ events: all.events - counts.events, others: all.others - counts.others });
        const noRest = all.events + all.others === counts.events + counts.others ? 'there are no others' : null;
        const differencesSuppressed =
          suppressed ?? noRest ?? (few === null ? null : `the rest, against which it would be compared, has ${few}`);
        const at = g * 2 * rates.length;
        const own = count * 2 * rates.length + measured.indexOf(part) * ownMeasures.length;
        const figures = [
          ...rates.map((name, k) => [name, at + k] as const),
          ...ownMeasures.map((name, k) => [name, own + k] as const),
        ];
        const differences = rates.map((name, k) => [name, at + rates.length + k] as const);
        const read = (list: readonly (readonly [string, number])[]): Record<string, Figure> =>
          Object.fromEntries(
            list
              .filter(([name]) => told === 'told' || !countFractions.includes(name))
              .map(([name, k]) => [name, told === 'told' ? numbers.figure(k) : rounded(numbers.figure(k))]),
          );
        const isTold = told === 'told';
        return {
          group,
          rows: isTold ? counts.events + counts.others : null,
          patients: isTold ? counts.patients : null,
          events: isTold ? counts.events : null,
          suppressed,
          differencesSuppressed,
          figures: suppressed !== null ? {} : read(figures),
          differences: differencesSuppressed !== null ? {} : read(differences),
        };
      }),
    }),
  };
}

interface Part {
  readonly group: string;
  readonly rows: Int32Array;
  readonly counts: Required<GroupCounts>;
  readonly told: Disclosure;
  /** Why it has no figures; null where it has. */
  readonly suppressed: string | null;
}

/** The groups with what may be told of them; the rows without a label are one of those that the total could be divided into. */
function divide(
  { labels, outcome, groups }: SubgroupInput,
  names: readonly string[],
): { readonly parts: readonly Part[]; readonly unlabelled: Required<GroupCounts>; readonly isUnlabelledTold: boolean } {
  const rowsOf = (label: string | null): Int32Array => Int32Array.from(labels.keys()).filter((i) => labels[i] === label);
  const count = (rows: Int32Array): Required<GroupCounts> => {
    const events = rows.reduce((sum, i) => sum + outcome[i]!, 0);
    return { events, others: rows.length - events, patients: new Set(rows.map((i) => groups[i]!)).size };
  };
  const sizes = names.map((group) => ({ group, rows: rowsOf(group) })).map((part) => ({ ...part, counts: count(part.rows) }));
  const unlabelled = count(rowsOf(null));
  const told = discloseDivision([...sizes.map(({ counts }) => counts), unlabelled]);
  return {
    parts: sizes.map((part, g) => ({
      ...part,
      told: told?.[g] ?? 'few',
      suppressed: told === null ? 'too few discharges to divide them so' : tooFew(part.counts),
    })),
    unlabelled,
    isUnlabelledTold: unlabelled.events + unlabelled.others === 0 || told?.[names.length] === 'told',
  };
}

function sumOf(counts: readonly GroupCounts[]): { readonly events: number; readonly others: number } {
  return {
    events: counts.reduce((sum, { events }) => sum + events, 0),
    others: counts.reduce((sum, { others }) => sum + others, 0),
  };
}

function rounded({ estimate, lower, upper }: Figure): Figure {
  const two = (value: number | null): number | null => (value === null ? null : Math.round(100 * value) / 100);
  return { estimate: two(estimate), lower: two(lower), upper: two(upper) };
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
