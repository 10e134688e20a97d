/**
 * `readmission evaluate`: a model on a landing folder; held-out folds on the data it was trained on, the model itself on other data; of
 * planted records also beside their known truth.
 */
import { Command } from 'commander';
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
      `model ${folder.model.header.name} (${folder.modelSha256.slice(0, 12)})`,
      ...evaluation.validations.map(validationText),
      ...(evaluation.truth === undefined ? [] : [truthText(evaluation.truth)]),
    ].join('\n\n'),
  );
}
