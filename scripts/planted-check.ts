/**
 * What a forest finds of a planted truth, over several simulation seeds: the figures the project holds itself to, with their spread.
 *
 *   npx tsx scripts/planted-check.ts [FOLDER] [--process general-hospital] [--seeds 1,2,3,4,5] [--repeats 2] [--json FILE]
 *
 * Exit code 1 where a mean misses its limit; with --process NAME-null the limits are that the AUROC is that of chance.
 *
 * Per seed   simulate into a temporary folder, build cohort and features, then repeated 5-fold validation by whole patients
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultProcess, simulateInto } from '../src/cli/simulation-run.ts';
import { tableText } from '../src/cli/terminal.ts';
import {
  createAttributionCollector,
  evaluateTruth,
  foldAuroc,
  groupedRisks,
  groupedValidation,
  openStudy,
  readTruth,
} from '../src/training/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    process: { type: 'string', default: defaultProcess },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    repeats: { type: 'string', default: '2' },
    json: { type: 'string' },
  },
});
const data = positionals[0] ?? 'synthea-data';
const repeats = Number(values.repeats);
const names = [
  'discharges',
  'unplanned',
  'oracle AUROC',
  'forest AUROC',
  'forest share',
  'reason AUROC',
  'reason share',
  'within reason',
  'slope',
  'slope to oracle',
  'mean |risk - oracle|',
  'family Spearman',
  'sign agreement',
  'no-effect share',
] as const;
/** What each mean must keep to: lowest and highest, for a process with effects and for one without. */
const limits: Partial<Record<(typeof names)[number], readonly [number, number]>> = values.process.endsWith('-null')
  ? { unplanned: [0.13, 0.17], 'forest AUROC': [0.47, 0.53], 'reason AUROC': [0.47, 0.53] }
  : {
      discharges: [3000, Infinity],
      unplanned: [0.13, 0.17],
      'oracle AUROC': [0.72, 0.8],
      'forest share': [0.8, 1],
      'reason share': [0, 0.65],
      'within reason': [0.63, 1],
      slope: [0.85, 1.15],
      'family Spearman': [0.7, 1],
    };
type Figures = Record<(typeof names)[number], number>;
type TruthFigures = Pick<
  Figures,
  'slope to oracle' | 'mean |risk - oracle|' | 'family Spearman' | 'sign agreement' | 'no-effect share'
>;

const rows: Figures[] = [];
for (const seed of values.seeds.split(',').map(Number)) {
  const folder = await mkdtemp(join(tmpdir(), 'planted-check-'));
  try {
    rows.push(await figuresOf(folder, seed));
    process.stderr.write(`seed ${seed}: ${names.map((name) => `${name} ${text(rows.at(-1)?.[name])}`).join(', ')}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
const columns = names.map((name) => rows.map((row) => row[name]));
const mean = columns.map((column) => column.reduce((sum, x) => sum + x, 0) / column.length);
const spread = columns.map((column, c) =>
  Math.sqrt(column.reduce((sum, x) => sum + (x - (mean[c] as number)) ** 2, 0) / Math.max(1, column.length - 1)),
);
const isMissed = (name: (typeof names)[number], value: number): boolean => {
  const [low, high] = limits[name] ?? [-Infinity, Infinity];
  return limits[name] !== undefined && !(value >= low && value <= high);
};
process.stdout.write(
  `${tableText(
    ['figure', 'mean', 'SD over seeds', 'lowest', 'highest', 'limits of the mean'],
    names.map((name, c) => {
      const column = columns[c] as number[];
      const bounds = limits[name];
      const told = bounds === undefined ? '' : `${text(bounds[0])} to ${bounds[1] === Infinity ? 'any' : text(bounds[1])}`;
      const verdict = isMissed(name, mean[c] as number) ? `${told} MISSED` : told;
      return [name, text(mean[c]), text(spread[c]), text(Math.min(...column)), text(Math.max(...column)), verdict];
    }),
  )}\n`,
);
if (names.some((name, c) => isMissed(name, mean[c] as number))) process.exitCode = 1;
if (values.json !== undefined)
  await writeFile(values.json, `${JSON.stringify({ data, process: values.process, repeats, rows }, null, 2)}\n`);

async function figuresOf(folder: string, seed: number): Promise<Figures> {
  const planted = join(folder, 'planted');
  await simulateInto({ data, out: planted, seed, process: values.process }, () => undefined, new AbortController().signal);
  const study = await openStudy(planted);
  const truth = await readTruth(join(planted, 'truth.parquet'));
  const all = Int32Array.from({ length: study.matrix.rows }, (_, row) => row);
  const found: Figures[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const options = { folds: 5, seed: 100 * seed + repeat, draws: 100 };
    const collector = createAttributionCollector(study.matrix, all, 1000);
    const risks = await groupedRisks(study, { seed: options.seed }, options, ({ forest, test }) =>
      collector.explain(forest, test),
    );
    const { results } = groupedValidation(study, risks, options);
    const judged = {
      risks,
      rows: all,
      auroc: foldAuroc(study, options),
      attributions: collector.collected(),
      permutedAuroc: null,
    };
    const told = evaluateTruth(study, truth, judged, options);
    const of = (model: string, metric: string): number => results[model]?.[metric]?.estimate ?? Number.NaN;
    const events = study.matrix.outcome.reduce((sum, y) => sum + y, 0);
    found.push({
      discharges: study.matrix.rows,
      unplanned: events / study.matrix.rows,
      'oracle AUROC': told.oracleAuroc.estimate,
      'forest AUROC': of('forest', 'auroc'),
      'forest share': told.models['forest']?.share.estimate ?? Number.NaN,
      'reason AUROC': of('reason', 'auroc'),
      'reason share': told.models['reason']?.share.estimate ?? Number.NaN,
      'within reason': of('forest', 'withinReasonAuroc'),
      slope: of('forest', 'calibrationSlope'),
      ...truthFigures(told),
    });
  }
  return Object.fromEntries(
    names.map((name) => [name, found.reduce((sum, row) => sum + row[name], 0) / found.length]),
  ) as Figures;
}

function truthFigures({ models, explanations }: ReturnType<typeof evaluateTruth>): TruthFigures {
  const forest = models['forest'];
  return {
    'slope to oracle': forest?.calibrationSlope.estimate ?? Number.NaN,
    'mean |risk - oracle|': forest?.meanAbsoluteError.estimate ?? Number.NaN,
    'family Spearman': explanations.familySpearman.estimate,
    'sign agreement': explanations.signAgreement,
    'no-effect share': explanations.noEffectShare,
  };
}

function text(value: number | undefined): string {
  return value === undefined ? '' : Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(3);
}
