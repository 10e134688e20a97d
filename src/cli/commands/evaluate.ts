/**
 * `readmission evaluate`: a model on a landing folder; held-out folds on the data it was trained on, the model itself on other data; of
 * planted records also beside their known truth.
 */
import { Command } from 'commander';
import type { ModelFolder } from '../../model/index.ts';
import type { Evaluation } from '../../training/index.ts';
import { interruption } from '../interruption.ts';
import { wholeNumber } from '../number-option.ts';
import { writeRunReport } from '../report-file.ts';
import { createTerminal } from '../terminal.ts';
import { leakageText } from './leakage-text.ts';
import { studyOptions, withCohortFlags, withFeatureFolders, type StudyFlags } from './study-flags.ts';
import { capacities, validationText } from './train.ts';
import { truthText } from './truth-text.ts';

export function evaluateCommand(): Command {
  return withFeatureFolders(withCohortFlags(new Command('evaluate')))
    .description('Evaluate a model beside its baselines, each figure with a 95 % patient-bootstrap interval.')
    .requiredOption('--model <dir>', 'model folder')
    .option('--draws <n>', 'bootstrap draws of the intervals', wholeNumber(100, 100_000), 1000)
    .option('--truth <file>', 'truth.parquet of planted records: judge the model against the known truth too')
    .option('--capacity <n>', 'discharges that can be looked at a day; may be given more than once (default 1)', capacities)
    .option('--deep', 'also importance, learning curve and permuted labels, which ask for more fits')
    .option('--report <file>', 'write the evidence as one HTML file')
    .addHelpText('after', '\nExample:\n  readmission evaluate --model models/natural --data synthea-data --report natural.html')
    .action(run);
}

interface EvaluateFlags extends StudyFlags {
  model: string;
  draws: number;
  truth?: string;
  capacity?: number[];
  deep?: boolean;
  report?: string;
}

async function run(flags: EvaluateFlags): Promise<void> {
  const terminal = createTerminal(flags);
  const { evaluateModel } = await import('../../training/index.ts');
  const { readModelFolder } = await import('../../model/index.ts');
  const folder = await readModelFolder(flags.model);
  const evaluation = await evaluateModel(folder, flags.data, {
    ...studyOptions(flags, terminal),
    draws: flags.draws,
    truth: flags.truth,
    deep: flags.deep === true,
    ...(flags.capacity === undefined ? {} : { capacities: flags.capacity }),
    signal: interruption.signal,
  });
  if (flags.report !== undefined) {
    await writeRunReport({
      out: flags.report,
      header: folder.model.header,
      modelSha256: folder.modelSha256,
      metrics: evaluation,
      card: folder.card,
    });
  }
  terminal.result(
    { model: folder.model.header.name, modelSha256: folder.modelSha256, ...evaluation },
    [
      outcomeText(folder, evaluation),
      ...evaluation.validations.map(validationText),
      ...(evaluation.truth === undefined ? [] : [truthText(evaluation.truth)]),
      leakageText(evaluation.leakage),
      ...(flags.report === undefined ? [] : [`report written to ${flags.report}`]),
    ].join('\n\n'),
  );
}

/** The model and what it is judged by; where labels of its own were given, also what it was trained on. */
function outcomeText({ model: { header }, modelSha256 }: ModelFolder, { outcome }: Evaluation): string {
  const trained = header.outcome.description === outcome ? '' : `\ntrained on: ${header.outcome.description}`;
  return `model ${header.name} (${modelSha256.slice(0, 12)})\noutcome: ${outcome}${trained}`;
}
