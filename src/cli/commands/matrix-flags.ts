/**
 * Flags of the commands that take a table of one's own in the place of FHIR records.
 */
import type { Command } from 'commander';
import { UsageError } from '../../errors.ts';
import type { OwnTableFile, TableRoles } from '../../training/index.ts';
import { wholeNumber } from '../number-option.ts';
import type { StudyFlags } from './study-flags.ts';

export interface MatrixFlags {
  matrix?: string;
  label?: string;
  groups?: string;
  id?: string;
  time?: string;
  reason?: string;
  horizon?: number;
  synthetic?: boolean;
}

/** --data is then one of two ways to name what is learnt from. */
export function withMatrixFlags(command: Command): Command {
  command.options.find(({ long }) => long === '--data')?.makeOptionMandatory(false);
  return command
    .option('--matrix <file>', 'a table of your own instead of --data: .parquet, .csv or .csv.gz, one row per prediction')
    .option('--label <column>', 'with --matrix: the outcome, 0 or 1 in every row')
    .option('--groups <column>', 'with --matrix: the patient; rows of one patient are never on both sides of a split')
    .option('--id <column>', 'with --matrix: names a row, each its own')
    .option('--time <column>', 'with --matrix: time of the prediction (ISO 8601), for the temporal validation')
    .option('--reason <column>', 'with --matrix: a stratum whose average is a baseline, such as the reason for admission')
    .option('--horizon <days>', 'with --matrix: days in which the label was looked for (default 30)', wholeNumber(1, 365))
    .option(
      '--synthetic',
      'with --matrix: the patients are made up (default: as NAME.columns.json beside the file says, else real)',
    );
}

/** Flags that are about FHIR records. */
const recordFlags = ['cohort', 'mapping', 'labels', 'runOut', 'featureFolder', 'truth'] as const;
const matrixFlags = ['label', 'groups', 'id', 'time', 'reason', 'horizon', 'synthetic'] as const;

/** @throws {UsageError} USAGE_MATRIX unless the flags are those of one of the two ways */
export function requireOneSource(flags: Partial<StudyFlags> & MatrixFlags): void {
  const given = (names: readonly string[]): string[] => names.filter((name) => flags[name as keyof typeof flags] !== undefined);
  if ((flags.matrix === undefined) === (flags.data === undefined)) {
    throw new UsageError('USAGE_MATRIX', `expected --data or --matrix, found ${flags.data === undefined ? 'neither' : 'both'}`);
  }
  const odd = given(flags.matrix === undefined ? matrixFlags : recordFlags).map(flagOf);
  if (odd.length > 0) {
    const way = flags.matrix === undefined ? '--matrix' : '--data';
    throw new UsageError('USAGE_MATRIX', `${odd.join(', ')}: expected only with ${way}, found with the other; leave it out`);
  }
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Columns named on the command line; the others are those of the model. */
export function givenRoles(flags: MatrixFlags): Partial<Omit<TableRoles, 'features'>> {
  const { label, groups, id, time, reason } = flags;
  return Object.fromEntries(Object.entries({ label, groups, id, time, reason }).filter(([, column]) => column !== undefined));
}

/** @throws {UsageError} USAGE_MATRIX without --label or --groups; else as readOwnTable */
export async function readMatrix(flags: Partial<StudyFlags> & MatrixFlags & { matrix: string }): Promise<OwnTableFile> {
  const { label, groups, id, time, reason, horizon, synthetic, features } = flags;
  if (label === undefined || groups === undefined) {
    throw new UsageError('USAGE_MATRIX', '--matrix: expected the columns of outcome and patient, give --label and --groups');
  }
  const { readOwnTable } = await import('../../training/index.ts');
  const roles = { label, groups, id, time, reason, features: features === 'default' ? 'all' : features };
  return readOwnTable(flags.matrix, roles, { horizonDays: horizon, synthetic });
}

/** What was read as what, for people. */
export function matrixText({ table, origin, dictionary }: OwnTableFile): string {
  const renamed = table.features.filter(({ name, column }) => name !== column);
  return [
    `${origin.name}: ${table.rows} rows of ${new Set(table.groupKeys).size} patients, ${table.featureCount} features` +
      `${dictionary === null ? '' : `, explained in ${dictionary}`}; patients are ${origin.synthetic ? 'made up' : 'taken for real'}`,
    ...(renamed.length === 0
      ? []
      : [`named otherwise in the model: ${renamed.map(({ name, column }) => `"${column}" ${name}`).join(', ')}`]),
  ].join('\n');
}
