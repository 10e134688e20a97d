/**
 * `readmission evaluate`: a model on a landing folder; held-out folds on the data it was trained on, the model itself on other data; of
 * planted records also beside their known truth.
 */
import { Command } from 'commander';
import type { ModelFolder } from '../../model/index.ts';
import type { Evaluation } from '../../training/index.ts';
import { interruption } from '../interruption.ts';
import { wholeNumber } from '../number-option.ts';
import { createTerminal } from '../terminal.ts';
import { studyOptions, withCohortFlags, type StudyFlags } from './study-flags.ts';
import { validationText } from './train.ts';
import { truthText } from './truth-text.ts';

export function evaluateCommand(): Command {
  return withCohortFlags(new Command('evaluate'))
    .description('Evaluate a model beside its baselines, each figure with a 95 % patient-bootstrap interval.')
    .requiredOption('--model <dir>', 'model folder')
    .option('--draws <n>', 'bootstrap draws of the intervals', wholeNumber(100, 100_000), 1000)
    .option('--truth <file>', 'truth.parquet of planted records: judge the model against the known truth too')
    .addHelpText('after', '\nExample:\n  readmission evaluate --model models/natural --data synthea-data')
    .action(run);
}

async function run(flags: StudyFlags & { model: string; draws: number; truth?: string }): Promise<void> {
  const terminal = createTerminal(flags);
  const { evaluateModel } = await import('../../training/index.ts');
  const { readModelFolder } = await import('../../model/index.ts');
  const folder = await readModelFolder(flags.model);
  const evaluation = await evaluateModel(folder, flags.data, {
    ...studyOptions(flags, terminal),
    draws: flags.draws,
    truth: flags.truth,
    signal: interruption.signal,
  });
  terminal.result(
    { model: folder.model.header.name, modelSha256: folder.modelSha256, ...evaluation },
    [
      outcomeText(folder, evaluation),
      ...evaluation.validations.map(validationText),
      ...(evaluation.truth === undefined ? [] : [truthText(evaluation.truth)]),
    ].join('\n\n'),
  );
}

/** The model and what it is judged by; where labels of its own were given, also what it was trained on. */
function outcomeText({ model: { header }, modelSha256 }: ModelFolder, { outcome }: Evaluation): string {
  const trained = header.outcome.description === outcome ? '' : `\ntrained on: ${header.outcome.description}`;
  return `model ${header.name} (${modelSha256.slice(0, 12)})\noutcome: ${outcome}${trained}`;
}
