/**
 * `readmission train`: from a landing folder to a model folder, with the validation that its figures come from.
 */
import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import type { ValidationResult } from '../../training/index.ts';
import { stopIfCancelled } from '../../util/cancellation.ts';
import { interruption } from '../interruption.ts';
import { wholeNumber } from '../number-option.ts';
import { createTerminal, tableText } from '../terminal.ts';
import { forestOptions, withForestFlags, type ForestFlags } from './forest-flags.ts';
import { studyOptions, withFeatureFlags, type StudyFlags } from './study-flags.ts';

interface TrainFlags extends StudyFlags, ForestFlags {
  out: string;
  seed: number;
  folds: number;
  draws: number;
  createdAt?: string;
}

export function trainCommand(): Command {
  return withForestFlags(withFeatureFlags(new Command('train')))
    .description('Train a random forest and write its model folder: model.bin, metrics.json, card.json, card.md.')
    .requiredOption('--out <dir>', 'model folder; its last part is the name of the model')
    .option('--seed <n>', 'seed of folds, trees and resamples', wholeNumber(0, 4_294_967_295), 1)
    .option('--folds <n>', 'folds of the validation', wholeNumber(2, 50), 5)
    .option('--draws <n>', 'bootstrap draws of the intervals', wholeNumber(100, 100_000), 1000)
    .option(
      '--created-at <instant>',
      'time written into the model (default now); with equal data and seed the model file is then the same',
    )
    .addHelpText('after', '\nExample:\n  readmission train --data synthea-data --out models/natural')
    .action(run);
}

async function run(flags: TrainFlags): Promise<void> {
  const terminal = createTerminal(flags);
  const { resolveForestOptions } = await import('../../forest/index.ts');
  const { writeModelFolder } = await import('../../model/index.ts');
  // Refused before the records are loaded rather than after it.
  resolveForestOptions(forestOptions(flags), 10_000);
  const { openStudy, trainModel } = await import('../../training/index.ts');
  const study = await openStudy(flags.data, studyOptions(flags, terminal));
  const trained = await trainModel(study, {
    name: basename(resolve(flags.out)),
    createdAt: flags.createdAt ?? new Date().toISOString(),
    seed: flags.seed,
    folds: flags.folds,
    draws: flags.draws,
    forest: forestOptions(flags),
    signal: interruption.signal,
    onProgress: terminal.onProgress,
  });
  stopIfCancelled(interruption.signal, 'training');
  const modelSha256 = await writeModelFolder(flags.out, trained);
  terminal.result(
    { out: flags.out, modelSha256, ...trained.metrics },
    `outcome: ${trained.metrics.outcome}\n\n${trained.metrics.validations.map(validationText).join('\n\n')}\n\nmodel ${modelSha256.slice(0, 12)} written to ${flags.out}; its card is ${flags.out}/card.md`,
  );
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

/** A figure with its 95 % interval where there is one. */
export function figure(value: { estimate: number | null; lower: number | null; upper: number | null } | undefined): string {
  if (value === undefined || value.estimate === null || !Number.isFinite(value.estimate)) return '–';
  const { estimate, lower, upper } = value;
  const digits = Math.abs(estimate) < 0.1 ? 3 : 2;
  const hasInterval = Number.isFinite(lower) && Number.isFinite(upper);
  return `${estimate.toFixed(3)}${hasInterval ? ` (${(lower as number).toFixed(digits)}, ${(upper as number).toFixed(digits)})` : ''}`;
}
