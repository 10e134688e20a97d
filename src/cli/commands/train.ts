/**
 * `readmission train`: from a landing folder to a model folder, with the validation that its figures come from.
 */
import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';
import type { Study, RepeatedValidation, ValidationResult } from '../../training/index.ts';
import { stopIfCancelled } from '../../util/cancellation.ts';
import { interruption } from '../interruption.ts';
import { capacities, wholeNumber } from '../number-option.ts';
import { writeRunReport } from '../report-file.ts';
import { tellRuntime } from '../runtime-notice.ts';
import { createTerminal, tableText, type Terminal } from '../terminal.ts';
import { forestOptions, withForestFlags, type ForestFlags } from './forest-flags.ts';
import { leakageText } from './leakage-text.ts';
import { matrixText, readMatrix, requireOneSource, withMatrixFlags, type MatrixFlags } from './matrix-flags.ts';
import { studyOptions, withFeatureFlags, type StudyFlags } from './study-flags.ts';
import { truthText } from './truth-text.ts';

interface TrainFlags extends StudyFlags, MatrixFlags, ForestFlags {
  out: string;
  seed: number;
  folds: number;
  draws: number;
  createdAt?: string;
  capacity?: number[];
  repeats?: number;
  quick?: boolean;
  statements?: string;
  truth?: string;
}

export function trainCommand(): Command {
  return withForestFlags(withMatrixFlags(withFeatureFlags(new Command('train'))))
    .description('Train a random forest and write its model folder: model.bin, metrics.json, card.json, card.md, report.html.')
    .requiredOption('--out <dir>', 'model folder; its last part is the name of the model')
    .option('--seed <n>', 'seed of folds, trees and resamples', wholeNumber(0, 4_294_967_295), 1)
    .option('--folds <n>', 'folds of the validation', wholeNumber(2, 50), 5)
    .option('--draws <n>', 'bootstrap draws of the intervals', wholeNumber(100, 100_000), 1000)
    .option(
      '--created-at <instant>',
      'time written into the model (default now); with equal data and seed the model file is then the same',
    )
    .option('--repeats <n>', 'times the grouped validation is made, with other folds each time (default 1)', wholeNumber(1, 100))
    .option('--capacity <n>', 'discharges that can be looked at a day; may be given more than once (default 1)', capacities)
    .option('--quick', 'leave out what asks for more fits: importance, learning curve, permuted labels')
    .option('--statements <file>', 'card.yaml: what people say of the model, for its card (readmission card --starter)')
    .option('--truth <file>', 'truth.parquet of planted records: judge the model against the known truth too')
    .addHelpText(
      'after',
      '\nExample:\n  readmission train --data synthea-data --out models/natural\n' +
        '  readmission train --matrix mine.parquet --label readmitted --groups patient --time discharge --out models/mine',
    )
    .action(run);
}

async function run(flags: TrainFlags): Promise<void> {
  const terminal = createTerminal(flags);
  requireOneSource(flags);
  const { resolveForestOptions } = await import('../../forest/index.ts');
  const { readCardStatements, requireModelOut, writeModelFolder } = await import('../../model/index.ts');
  // Refused before the records are loaded rather than after it.
  resolveForestOptions(forestOptions(flags), 10_000);
  await requireModelOut(flags.out);
  await tellRuntime(terminal, flags.engine);
  const statements = flags.statements === undefined ? undefined : await readCardStatements(flags.statements);
  const { openStudy, readOwnTruth, trainModel } = await import('../../training/index.ts');
  const truth = flags.truth === undefined ? undefined : await readOwnTruth(flags.truth, flags.data);
  const study =
    flags.matrix === undefined
      ? await openStudy(flags.data, { ...studyOptions(flags, terminal), asOfTrial: true })
      : await matrixStudy(flags.matrix, flags, terminal);
  const trained = await trainModel(study, {
    name: basename(resolve(flags.out)),
    createdAt: flags.createdAt ?? new Date().toISOString(),
    seed: flags.seed,
    folds: flags.folds,
    draws: flags.draws,
    forest: forestOptions(flags),
    ...(flags.capacity === undefined ? {} : { capacities: flags.capacity }),
    ...(flags.repeats === undefined ? {} : { repeats: flags.repeats }),
    quick: flags.quick === true,
    ...(statements === undefined ? {} : { statements }),
    ...(truth === undefined ? {} : { truth }),
    signal: interruption.signal,
    onProgress: terminal.onProgress,
  });
  stopIfCancelled(interruption.signal, 'training');
  const modelSha256 = await writeModelFolder(flags.out, trained);
  await writeRunReport({
    out: join(flags.out, 'report.html'),
    header: trained.model.header,
    modelSha256,
    metrics: trained.metrics,
    card: trained.card,
  });
  terminal.result(
    {
      out: flags.out,
      modelSha256,
      ...trained.metrics,
      featureHash: trained.model.header.featureHash,
      featureCount: trained.model.header.features.length,
    },
    [
      `outcome: ${trained.metrics.outcome}`,
      ...trained.metrics.validations.map(validationText),
      ...(trained.metrics.truth === undefined ? [] : [truthText(trained.metrics.truth)]),
      ...(trained.metrics.repeated === null ? [] : [repeatedText(trained.metrics.repeated)]),
      leakageText(trained.metrics.leakage),
      `model ${modelSha256.slice(0, 12)} written to ${flags.out}; its report is ${flags.out}/report.html, its card ${flags.out}/card.md`,
    ].join('\n\n'),
  );
}

async function matrixStudy(matrix: string, flags: TrainFlags, terminal: Terminal): Promise<Study> {
  const { tableStudy } = await import('../../training/index.ts');
  const read = await readMatrix({ ...flags, matrix });
  terminal.note(matrixText(read));
  return tableStudy(read.table, read.origin);
}

const metricNames: readonly (readonly [string, string])[] = [
  ['auroc', 'AUROC'],
  ['withinReasonAuroc', 'within reason'],
  ['averagePrecision', 'av. precision'],
  ['brier', 'Brier'],
  ['calibrationIntercept', 'cal. intercept'],
  ['calibrationSlope', 'cal. slope'],
];

/** A validation as a table: a row per model, each figure with its 95 % interval. */
export function validationText(validation: ValidationResult): string {
  return [
    `${validation.name}: ${validation.description}`,
    `${validation.rows} discharges, ${validation.events} with the outcome, ${validation.patients} patients; 95 % intervals by resampled patients`,
    tableText(
      ['model', ...metricNames.map(([, title]) => title)],
      Object.entries(validation.results).map(([model, result]) => [model, ...metricNames.map(([name]) => figure(result[name]))]),
    ),
  ].join('\n');
}

/** AUROC over repeated validations: mean with its interval, and how much one division into folds matters. */
export function repeatedText({ repeats, folds, models }: RepeatedValidation): string {
  return [
    `grouped validation made ${repeats} times with other folds (${folds} each): mean AUROC, standard deviation between repeats`,
    tableText(
      ['model', 'mean AUROC', 'SD of repeats'],
      Object.entries(models).map(([model, { mean, standardDeviation }]) => [model, figure(mean), standardDeviation.toFixed(4)]),
    ),
  ].join('\n');
}

/** A figure with its 95 % interval where there is one. */
export function figure(value: { estimate: number | null; lower: number | null; upper: number | null } | undefined): string {
  if (value === undefined || value.estimate === null || !Number.isFinite(value.estimate)) return '–';
  const { estimate, lower, upper } = value;
  const digits = Math.abs(estimate) < 0.1 ? 3 : 2;
  const hasInterval = Number.isFinite(lower) && Number.isFinite(upper);
  return `${estimate.toFixed(3)}${hasInterval ? ` (${(lower as number).toFixed(digits)}, ${(upper as number).toFixed(digits)})` : ''}`;
}
