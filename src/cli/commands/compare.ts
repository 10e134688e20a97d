/**
 * `readmission compare`: feature sets, engines, cohort definitions and forest options against each other on identical folds.
 *
 * In      an experiment file, or flags given more than once: every combination of --features, --cohort and --engine is an arm
 * Out     a folder of results (../experiment-folder.ts), and one table
 */
import { Command, Option } from 'commander';
import { UsageError } from '../../errors.ts';
import type { Experiment, ExperimentDocument } from '../../training/index.ts';
import { requireNewFolder, writeExperimentFolder } from '../experiment-folder.ts';
import { comparisonTable } from '../experiment-text.ts';
import { interruption } from '../interruption.ts';
import { oneOf, wholeNumber } from '../number-option.ts';
import { tellRuntime } from '../runtime-notice.ts';
import { createTerminal } from '../terminal.ts';
import { stopIfCancelled } from '../../util/cancellation.ts';

interface CompareFlags {
  out: string;
  data?: string;
  memory?: number;
  workers?: number;
  json?: boolean;
  name?: string;
  features?: string[];
  cohort?: string[];
  engine?: string[];
  featureFolder?: string[];
  mapping?: string;
  labels?: string;
  runOut?: string;
  seed?: number;
  folds?: number;
  repeats?: number;
  draws?: number;
  adjust?: string;
  metrics?: string;
  trees?: number;
  mtry?: number;
  minLeaf?: number;
  maxDepth?: number;
}

/** Flags that go with a file as well; all others are said in it. */
const besideFile: ReadonlySet<string> = new Set(['out', 'data', 'memory', 'workers', 'json']);

const engine = oneOf(['histogram', 'ml-random-forest', 'logistic']);
const engines = (text: string, before: string[] | undefined): string[] => several(engine(text), before);
const several = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

export function compareCommand(): Command {
  return new Command('compare')
    .description(
      'Compare feature sets, engines and cohorts on identical folds, with paired differences; writes a folder of results.',
    )
    .argument('[experiment]', 'experiment file (JSON); without it the flags below make one')
    .requiredOption('--out <dir>', 'folder of results, new or empty')
    .option('--data <dir>', "landing folder (default: the experiment file's)")
    .option(
      '--features <set>',
      'feature set of an arm; give it again for each: default, all-minus-social, @lists.json#small',
      several,
    )
    .option('--cohort <name|file>', 'cohort definition; again for more arms (default: hwr-like)', several)
    .option('--engine <name>', 'histogram, ml-random-forest or logistic; again for more arms (default: histogram)', engines)
    .option('--feature-folder <dir>', 'features of your own, NAME.json and NAME.sql; may be given again', several)
    .option('--mapping <file>', 'site mapping (default: standard codes)')
    .option('--labels <file>', 'your own labels in the place of the outcome')
    .option('--run-out <date>', 'last day on which records are complete, YYYY-MM-DD')
    .option('--name <text>', 'name of the experiment (default: comparison)')
    .option('--seed <n>', 'seed of folds, models and resamples (default 1)', wholeNumber(0, 4_294_967_295))
    .option('--folds <n>', 'folds of whole patients (default 5)', wholeNumber(2, 50))
    .option('--repeats <n>', 'times the patients are dealt into folds anew (default 1)', wholeNumber(1, 100))
    .option('--draws <n>', 'resamples of patients (default 1000)', wholeNumber(100, 100_000))
    .addOption(new Option('--adjust <method>', 'p values over many comparisons (default holm)').choices(['holm', 'bh']))
    .option('--metrics <names>', 'joined by commas (default: auroc,averagePrecision,brier,calibrationSlope)')
    .option('--trees <n>', 'trees of each forest (default 500)', wholeNumber(1, 10_000))
    .option('--mtry <n>', 'features tried at each split (default: root of their number)', wholeNumber(1, 10_000))
    .option('--min-leaf <n>', 'distinct discharges in a leaf at least (default 20)', wholeNumber(1, 1_000_000))
    .option('--max-depth <n>', 'depth of a tree at most (default 16)', wholeNumber(1, 64))
    .option('--workers <n>', 'threads; any number gives the same figures', wholeNumber(1, 64))
    .option('--memory <mb>', 'memory the warehouse may use before it spills to disk', wholeNumber(100, 1_000_000))
    .option('--json', 'print the result as one JSON line')
    .addHelpText(
      'after',
      '\nExamples:\n  readmission compare --data synthea-data --features default --features all-minus-social --features demographics --out results' +
        '\n  readmission compare experiment.json --out results',
    )
    .action(run);
}

async function run(file: string | undefined, flags: CompareFlags): Promise<void> {
  const terminal = createTerminal(flags);
  await requireNewFolder(flags.out);
  await tellRuntime(terminal);
  const { parseExperiment, readExperiment, runExperiment } = await import('../../training/index.ts');
  const experiment =
    file === undefined ? parseExperiment(documentOf(flags), 'the flags') : readExperiment(onlyBesideFile(file, flags));
  const result = await runExperiment(experiment, await dataOf(flags, experiment), {
    ...(flags.memory === undefined ? {} : { memoryMb: flags.memory }),
    workers: flags.workers,
    onProgress: terminal.onProgress,
    signal: interruption.signal,
  });
  stopIfCancelled(interruption.signal, 'the comparison');
  await writeExperimentFolder(flags.out, result);
  terminal.result(
    { out: flags.out, ...result.comparison },
    `${comparisonTable(result.comparison)}\n\nresults written to ${flags.out}`,
  );
}

function onlyBesideFile(file: string, flags: CompareFlags): string {
  const more = Object.entries(flags).find(([name, value]) => value !== undefined && !besideFile.has(name));
  if (more === undefined) return file;
  const flag = more[0].replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UsageError(
    'USAGE_COMPARE',
    `expected --${flag} to be said in ${file}, found it beside the file; leave it out, or the file`,
  );
}

async function dataOf(flags: CompareFlags, experiment: Experiment): Promise<string> {
  if (flags.data !== undefined) return flags.data;
  const { resolve } = await import('node:path');
  if (experiment.data !== undefined) return resolve(experiment.folder, experiment.data);
  throw new UsageError('USAGE_COMPARE', 'expected a landing folder, found none; give --data, or "data" in the experiment file');
}

/** Flags as an experiment: an arm per combination, named by what differs. */
function documentOf(flags: CompareFlags): ExperimentDocument {
  const [features, cohorts, engines] = [
    flags.features ?? ['default'],
    flags.cohort ?? ['hwr-like'],
    flags.engine ?? ['histogram'],
  ];
  const forest = { trees: flags.trees, mtry: flags.mtry, minLeafRows: flags.minLeaf, maxDepth: flags.maxDepth };
  const given = Object.fromEntries(Object.entries(forest).filter(([, value]) => value !== undefined));
  const arms = features.flatMap((set) =>
    cohorts.flatMap((cohort) =>
      engines.map((engine) => ({
        name: [features.length > 1 ? set : '', cohorts.length > 1 ? cohort : '', engines.length > 1 ? engine : '']
          .filter((part) => part !== '')
          .join(' · '),
        features: set,
        cohort,
        engine: engine as 'histogram',
        ...(engine === 'logistic' ? {} : { forest: given }),
        ...(flags.mapping === undefined ? {} : { mapping: flags.mapping }),
        ...(flags.labels === undefined ? {} : { labels: flags.labels }),
        ...(flags.runOut === undefined ? {} : { runOut: flags.runOut }),
      })),
    ),
  );
  if (arms.length < 2) {
    throw new UsageError(
      'USAGE_COMPARE',
      'expected two arms or more, found one; give --features, --cohort or --engine once more',
    );
  }
  const { seed, folds, repeats, draws } = flags;
  return {
    name: flags.name ?? 'comparison',
    ...(seed === undefined ? {} : { seed }),
    ...(folds === undefined ? {} : { folds }),
    ...(repeats === undefined ? {} : { repeats }),
    ...(draws === undefined ? {} : { draws }),
    ...(flags.adjust === undefined ? {} : { adjust: flags.adjust as 'holm' }),
    ...(flags.metrics === undefined ? {} : { metrics: flags.metrics.split(',').map((name) => name.trim()) as ['auroc'] }),
    featureFolders: flags.featureFolder ?? [],
    arms,
  };
}
