/**
 * Flags shared by the commands that read a landing folder as a cohort.
 */
import type { Command } from 'commander';
import { interruption } from '../interruption.ts';
import { calendarDate, wholeNumber } from '../number-option.ts';
import type { StudyOptions } from '../../training/index.ts';
import type { Terminal } from '../terminal.ts';

export interface StudyFlags {
  data: string;
  cohort?: string;
  features?: string;
  featureFolder?: string[];
  mapping?: string;
  labels?: string;
  runOut?: number;
  memory?: number;
  json?: boolean;
}

export function withCohortFlags(command: Command): Command {
  return command
    .requiredOption('--data <dir>', 'landing folder')
    .option('--cohort <name|file>', 'cohort definition: hwr-like (default), all-adult, or a .json file')
    .option(
      '--run-out <date>',
      'last day on which records are complete (default: the last event, at most the transaction time)',
      calendarDate,
    )
    .option('--mapping <file>', 'site mapping, a .json file that says what local codes mean (default: standard codes)')
    .option(
      '--labels <file>',
      'your own labels in the place of the outcome: .csv, .ndjson or .parquet with encounter_id (any encounter of the stay) and label (0 or 1)',
    )
    .option('--memory <mb>', 'memory the warehouse may use before it spills to disk', wholeNumber(100, 1_000_000))
    .option('--json', 'print the result as one JSON line');
}

export function withFeatureFlags(command: Command): Command {
  return withFeatureFolders(withCohortFlags(command)).option(
    '--features <set>',
    'feature set: default, all, all-minus-X, families or names joined by commas, "-" leaves out (default,scores or default,-social), @lists.json#NAME',
    'default',
  );
}

/** For commands that choose features, and for those whose model may read a researcher's own. */
export function withFeatureFolders(command: Command): Command {
  return command.option(
    '--feature-folder <dir>',
    'features of your own, NAME.json and NAME.sql (see src/features/README.md); may be given again',
    (folder: string, before: string[] | undefined) => [...(before ?? []), folder],
  );
}

export function studyOptions(flags: StudyFlags, terminal: Terminal): StudyOptions {
  return {
    ...(flags.cohort === undefined ? {} : { cohort: flags.cohort }),
    ...(flags.features === undefined ? {} : { features: flags.features }),
    ...(flags.featureFolder === undefined ? {} : { featureFolders: flags.featureFolder }),
    ...(flags.mapping === undefined ? {} : { mapping: flags.mapping }),
    ...(flags.labels === undefined ? {} : { labels: flags.labels }),
    ...(flags.memory === undefined ? {} : { memoryMb: flags.memory }),
    runOut: flags.runOut,
    onProgress: terminal.onProgress,
    signal: interruption.signal,
  };
}
