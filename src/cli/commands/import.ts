/**
 * `readmission import`: a model folder from a forest that was trained elsewhere.
 */
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { ForestError, UsageError } from '../../errors.ts';
import type { ImportedModel } from '../../interchange/index.ts';
import type { RecalibrationMethod, RiskModel } from '../../model/index.ts';
import { sha256 } from '../../util/sha256.ts';
import { commandText } from '../command-text.ts';
import { wholeNumber } from '../number-option.ts';
import { writeRunReport } from '../report-file.ts';
import { createTerminal } from '../terminal.ts';

interface ImportFlags {
  forest: string;
  out: string;
  outcome?: string;
  label: string;
  groups: string;
  horizon: number;
  synthetic?: boolean;
  calibrate?: string;
  method?: RecalibrationMethod;
  seed: number;
  draws: number;
  createdAt?: string;
  json?: boolean;
}

export function importCommand(): Command {
  return new Command('import')
    .description('Make a model folder of a forest that scikit-learn fitted, to be served and explained by features.')
    .requiredOption('--forest <file>', 'JSON as scripts/interchange/scikit_learn_forest.py writes it, with x and y')
    .requiredOption('--out <dir>', 'model folder; its last part is the name of the model')
    .option('--outcome <text>', 'what the second class is, in words (default: the class and the file)')
    .option('--horizon <days>', 'days in which the outcome was looked for', wholeNumber(1, 365), 30)
    .option('--synthetic', 'the patients of the training rows are made up (default: real)')
    .option(
      '--calibrate <table>',
      '.parquet or .csv with rows the forest was NOT trained on: fit risk and bands to their outcomes',
    )
    .option('--label <column>', 'outcome in that table and in later ones', 'outcome')
    .option('--groups <column>', 'patient in that table and in later ones', 'patient')
    .addOption(
      new Option('--method <name>', 'with --calibrate: intercept, slope or isotonic (default slope)').choices([
        'intercept',
        'slope',
        'isotonic',
      ]),
    )
    .option('--seed <n>', 'seed of folds and resamples', wholeNumber(0, 4_294_967_295), 1)
    .option('--draws <n>', 'bootstrap draws of the intervals', wholeNumber(100, 100_000), 1000)
    .option('--created-at <instant>', 'time written into the model (default now)')
    .option('--json', 'print what was written as one JSON line')
    .addHelpText(
      'after',
      '\nWithout --calibrate the risk is the output of the forest as it is, in one band; answers, header and card say so.\n' +
        '\nExample:\n  readmission import --forest forest.json --out models/theirs --calibrate holdout.csv --label readmitted --groups patient\n' +
        '  readmission explain --model models/theirs --features values.json',
    )
    .action(run);
}

async function run(flags: ImportFlags): Promise<void> {
  const terminal = createTerminal(flags);
  if (flags.method !== undefined && flags.calibrate === undefined) {
    throw new UsageError('USAGE_IMPORT', '--method: expected only with --calibrate, found without; name a table or leave it out');
  }
  const { requireModelOut } = await import('../../model/index.ts');
  const { importedModel } = await import('../../interchange/index.ts');
  await requireModelOut(flags.out);
  const bytes = await readFile(flags.forest);
  const imported = importedModel(parsed(bytes, flags.forest), {
    name: basename(resolve(flags.out)),
    createdAt: flags.createdAt ?? new Date().toISOString(),
    file: { name: basename(flags.forest), sha256: sha256(bytes) },
    synthetic: flags.synthetic === true,
    horizonDays: flags.horizon,
    outcome: flags.outcome,
    label: flags.label,
    groups: flags.groups,
  });
  const written =
    flags.calibrate === undefined ? await write(imported, flags.out) : await writeCalibrated(imported, flags.calibrate, flags);
  const { header } = written.model;
  if (imported.renamed.length > 0) {
    terminal.note(
      `named otherwise in the model: ${imported.renamed.map(({ name, column }) => `"${column}" ${name}`).join(', ')}`,
    );
  }
  terminal.result(
    {
      out: flags.out,
      modelSha256: written.modelSha256,
      trees: header.forest.trees,
      features: header.features.length,
      calibration: header.calibration,
      bands: header.bands,
    },
    [
      `forest of ${header.forest.engine}: ${header.forest.trees} trees of ${header.features.length} features`,
      `calibration: ${header.calibration.reason}`,
      `model ${written.modelSha256.slice(0, 12)} written to ${flags.out}; ${written.files}`,
    ].join('\n'),
  );
}

interface Written {
  readonly model: RiskModel;
  readonly modelSha256: string;
  readonly files: string;
}

/** Without a report: there is nothing that it could show. */
async function write(imported: ImportedModel, out: string): Promise<Written> {
  const { writeModelFolder } = await import('../../model/index.ts');
  return { model: imported.model, modelSha256: await writeModelFolder(out, imported), files: `its card is ${out}/card.md` };
}

async function writeCalibrated(imported: ImportedModel, table: string, flags: ImportFlags): Promise<Written> {
  const { label, groups, method = 'slope', seed, draws, out } = flags;
  const { addCardRecords, writeModelFolder } = await import('../../model/index.ts');
  const { calibratedImport } = await import('../../interchange/index.ts');
  const command = commandText(process.argv.slice(2));
  const content = await calibratedImport(imported, { table, label, groups, method, seed, draws, command });
  const { model, metrics, card } = content;
  const modelSha256 = await writeModelFolder(out, content);
  await addCardRecords(out, modelSha256, content.records);
  await writeRunReport({ out: join(out, 'report.html'), header: model.header, modelSha256, metrics, card });
  return { model, modelSha256, files: `its report is ${out}/report.html, its card ${out}/card.md` };
}

/** @throws {ForestError} FOREST_FILE_FORMAT */
function parsed(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new ForestError(
      'FOREST_FILE_FORMAT',
      `${path}: expected JSON, found something else; bare NaN and Infinity, as Python writes them, are none: write the forest with ` +
        'scripts/interchange/scikit_learn_forest.py',
    );
  }
}
