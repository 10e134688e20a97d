/**
 * `readmission evaluate`: a model on a landing folder; held-out folds on the data it was trained on, the model itself on other data; of
 * planted records also beside their known truth.
 */
import { Command } from 'commander';
import type { ModelFolder } from '../../model/index.ts';
import { interruption } from '../interruption.ts';
import { capacities, wholeNumber } from '../number-option.ts';
import { writeRunReport } from '../report-file.ts';
import { otherPatientsOption, tellSeen, type OtherPatientsFlag } from '../seen-text.ts';
import { createTerminal } from '../terminal.ts';
import { evaluationText } from './evaluation-text.ts';
import { givenRoles, requireOneSource, withMatrixFlags, type MatrixFlags } from './matrix-flags.ts';
import { studyOptions, withCohortFlags, withFeatureFolders, type StudyFlags } from './study-flags.ts';

export function evaluateCommand(): Command {
  return withMatrixFlags(withFeatureFolders(withCohortFlags(new Command('evaluate'))))
    .description('Evaluate a model beside its baselines, each figure with a 95 % patient-bootstrap interval.')
    .requiredOption('--model <dir>', 'model folder')
    .option('--draws <n>', 'bootstrap draws of the intervals', wholeNumber(100, 100_000), 1000)
    .option('--truth <file>', 'truth.parquet of planted records: judge the model against the known truth too')
    .option('--repeats <n>', 'times the grouped validation is made, with other folds each time (default 1)', wholeNumber(1, 100))
    .option('--capacity <n>', 'discharges that can be looked at a day; may be given more than once (default 1)', capacities)
    .option('--deep', 'also importance, learning curve and permuted labels, which ask for more fits')
    .addOption(otherPatientsOption())
    .option('--report <file>', 'write the evidence as one HTML file')
    .addHelpText('after', '\nExample:\n  readmission evaluate --model models/natural --data synthea-data --report natural.html')
    .action(run);
}

interface EvaluateFlags extends StudyFlags, MatrixFlags, OtherPatientsFlag {
  model: string;
  draws: number;
  truth?: string;
  capacity?: number[];
  repeats?: number;
  deep?: boolean;
  report?: string;
}

async function run(flags: EvaluateFlags): Promise<void> {
  const terminal = createTerminal(flags);
  requireOneSource(flags);
  const { evaluateModel, evaluateTable } = await import('../../training/index.ts');
  const { readModelFolder } = await import('../../model/index.ts');
  const folder = await readModelFolder(flags.model);
  const run = {
    draws: flags.draws,
    deep: flags.deep === true,
    otherPatients: flags.otherPatients === true,
    ...(flags.repeats === undefined ? {} : { repeats: flags.repeats }),
    ...(flags.capacity === undefined ? {} : { capacities: flags.capacity }),
    onProgress: terminal.onProgress,
    signal: interruption.signal,
  };
  const evaluation =
    flags.matrix === undefined
      ? await evaluateModel(folder, flags.data, { ...studyOptions(flags, terminal), ...run, truth: flags.truth })
      : await evaluateTable(folder, flags.matrix, { ...run, roles: givenRoles(flags), synthetic: flags.synthetic });
  const written =
    flags.report === undefined
      ? []
      : await writeRunReport({
          out: flags.report,
          header: folder.model.header,
          modelSha256: folder.modelSha256,
          metrics: { ...evaluation, ...featureSetOf(folder) },
          card: folder.card,
          writeMetrics: true,
        });
  tellSeen(terminal, evaluation, evaluation.discharges);
  terminal.result(
    { model: folder.model.header.name, modelSha256: folder.modelSha256, ...evaluation, ...featureSetOf(folder) },
    [evaluationText(folder, evaluation), ...(written.length === 0 ? [] : [`report written to ${written.join(' and ')}`])].join(
      '\n\n',
    ),
  );
}

/** The set by its name, as training was given it, in the place of the names of all its features. */
function featureSetOf({ model: { header }, metrics }: ModelFolder): object {
  const { featureSet } = metrics;
  return {
    featureSet: typeof featureSet === 'string' ? featureSet : header.name,
    featureHash: header.featureHash,
    featureCount: header.features.length,
  };
}
