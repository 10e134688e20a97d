/**
 * A comparison as tables: for a terminal, as Markdown, as rows of a CSV file, and as rows of a forest plot.
 */
import type { Figure } from '../evaluation/index.ts';
import type { ArmDifference, Comparison, Difference } from '../training/index.ts';
import type { TableColumn } from '../warehouse/index.ts';
import { tableText } from './terminal.ts';

const titles: Readonly<Record<string, string>> = {
  auroc: 'AUROC',
  withinReasonAuroc: 'within reason',
  averagePrecision: 'av. precision',
  brier: 'Brier',
  scaledBrier: 'scaled Brier',
  logLoss: 'log loss',
  calibrationIntercept: 'cal. intercept',
  calibrationSlope: 'cal. slope',
};
/** Digits after the point: a difference in Brier score is small where the outcome is rare. */
const digitsOf = (metric: string): number => (metric === 'brier' || metric === 'logLoss' ? 5 : 3);
export const titleOf = (metric: string): string => titles[metric] ?? metric;

/** Arms with their figures, and below each the difference from the reference with its adjusted p value. */
export function comparisonTable(comparison: Comparison): string {
  const { head, rows } = armTable(comparison);
  return [heading(comparison), tableText(head, rows), ...notes(comparison)].join('\n');
}

export function comparisonMarkdown(comparison: Comparison): string {
  const { head, rows } = armTable(comparison);
  const pairs = pairTable(comparison);
  return [
    `# ${cell(comparison.name)}`,
    '',
    heading(comparison),
    '',
    ...markdownTable(head, rows),
    '',
    ...notes(comparison).flatMap((note) => [cell(note), '']),
    ...(pairs.rows.length === 0
      ? []
      : ['## Every pair', '', pairsNote(comparison), '', ...markdownTable(pairs.head, pairs.rows), '']),
    `Data: manifest ${comparison.manifestSha256}. Repeat with \`readmission repeat\` on this folder.`,
    '',
  ].join('\n');
}

function heading({ name, folds, repeats, draws, seed, reference, adjust }: Comparison): string {
  const times = repeats === 1 ? '' : `, ${repeats} times`;
  return (
    `${name}: ${folds} folds of whole patients${times}, seed ${seed}; 95 % intervals by ${draws} resamples of patients; ` +
    `Δ is the difference from "${reference}", p two-sided and adjusted (${methods[adjust]}) over the arms`
  );
}

const methods = { holm: 'Holm', bh: 'Benjamini-Hochberg' } as const;

/** The same difference has another p value here than above: it is one of more. */
function pairsNote({ adjust }: Comparison): string {
  return `Here p is adjusted (${methods[adjust]}) over all pairs, so it may differ from the one above for the same difference.`;
}

function armTable({ arms, differences, metrics, reference }: Comparison): { head: string[]; rows: string[][] } {
  const head = ['arm', 'engine', 'features', 'discharges', 'events', ...metrics.map(titleOf)];
  const rows = arms.flatMap((arm) => {
    const own = [
      arm.name,
      arm.engine,
      String(arm.features),
      String(arm.rows),
      String(arm.events),
      ...metrics.map((m) => figureText(arm.figures[m], digitsOf(m))),
    ];
    const difference = differences.find((d) => d.arm === arm.name);
    if (difference === undefined) return [arm.name === reference ? own.with(0, `${arm.name} (reference)`) : own];
    return [
      own,
      ['  Δ', '', '', pairedRows(difference), '', ...metrics.map((m) => differenceText(difference.differences[m], digitsOf(m)))],
    ];
  });
  return { head, rows };
}

function pairTable({ pairs, metrics }: Comparison): { head: string[]; rows: string[][] } {
  return {
    head: ['arm', 'minus', 'discharges', ...metrics.map(titleOf)],
    rows: pairs.map((pair) => [
      pair.arm,
      pair.reference,
      pairedRows(pair),
      ...metrics.map((m) => differenceText(pair.differences[m], digitsOf(m))),
    ]),
  };
}

function pairedRows({ pairing }: ArmDifference): string {
  return pairing.rows === null ? 'unpaired' : String(pairing.rows);
}

/** An estimate with its 95 % interval; an en dash where it has no value. */
function figureText(figure: Figure | undefined, digits: number): string {
  if (figure === undefined || figure.estimate === null) return '–';
  const { estimate, lower, upper } = figure;
  const number = (value: number): string =>
    value
      .toFixed(digits)
      .replace(/^-(0\.?0*)$/, '$1')
      .replace('-', '−');
  return lower === null || upper === null ? number(estimate) : `${number(estimate)} (${number(lower)}, ${number(upper)})`;
}

function differenceText(difference: Difference | undefined, digits: number): string {
  const text = figureText(difference, digits);
  const p = difference?.pAdjusted ?? null;
  if (p === null) return text;
  return `${text} p ${p < 0.001 ? '< 0.001' : p.toFixed(3)}`;
}

/** What a reader must know of arms that are not compared on identical rows. */
function notes({ differences }: Comparison): string[] {
  return differences.filter(({ pairing }) => pairing.kind !== 'identical').map(({ arm, pairing }) => `${arm}: ${pairing.note}`);
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim();
}

/** One row per arm and metric: its figure, and its difference from the reference. */
export function comparisonColumns({ arms, differences, metrics, reference }: Comparison): TableColumn[] {
  const cells = arms.flatMap((arm) => metrics.map((metric) => ({ arm, metric })));
  const of = ({ arm, metric }: (typeof cells)[number]): Difference | undefined =>
    differences.find((d) => d.arm === arm.name)?.differences[metric];
  const pairingOf = (name: string): ArmDifference['pairing'] | undefined => differences.find((d) => d.arm === name)?.pairing;
  const numbers = (name: string, value: (c: (typeof cells)[number]) => number | null | undefined): TableColumn => ({
    name,
    values: Float64Array.from(cells, (c) => value(c) ?? NaN),
  });
  const texts = (name: string, value: (c: (typeof cells)[number]) => string | null): TableColumn => ({
    name,
    values: cells.map(value),
  });
  return [
    texts('arm', ({ arm }) => arm.name),
    texts('engine', ({ arm }) => arm.engine),
    texts('cohort', ({ arm }) => arm.cohort),
    numbers('features', ({ arm }) => arm.features),
    numbers('discharges', ({ arm }) => arm.rows),
    numbers('events', ({ arm }) => arm.events),
    numbers('patients', ({ arm }) => arm.patients),
    texts('metric', ({ metric }) => metric),
    numbers('estimate', ({ arm, metric }) => arm.figures[metric]?.estimate),
    numbers('lower', ({ arm, metric }) => arm.figures[metric]?.lower),
    numbers('upper', ({ arm, metric }) => arm.figures[metric]?.upper),
    texts('reference', ({ arm }) => (arm.name === reference ? null : reference)),
    texts('pairing', ({ arm }) => pairingOf(arm.name)?.kind ?? null),
    numbers('paired_discharges', ({ arm }) => pairingOf(arm.name)?.rows),
    numbers('difference', (c) => of(c)?.estimate),
    numbers('difference_lower', (c) => of(c)?.lower),
    numbers('difference_upper', (c) => of(c)?.upper),
    numbers('p', (c) => of(c)?.p),
    numbers('p_adjusted', (c) => of(c)?.pAdjusted),
  ];
}

/** Rows of the forest plot: each arm's difference from the reference in one metric. */
export function differenceRows(
  { differences, reference }: Comparison,
  metric: string,
): { label: string; heading?: boolean; figure: Difference | null }[] {
  return [
    { label: `against ${reference}`, heading: true, figure: null },
    ...differences.map(({ arm, pairing, differences: figures }) => ({
      label: pairing.kind === 'identical' ? arm : `${arm} (${pairing.kind === 'common' ? 'common rows' : 'not paired'})`,
      figure: figures[metric] ?? null,
    })),
  ];
}
