/**
 * `readmission recalibrate`: a new model folder whose risks are fitted to local outcomes, the forest being the parent's.
 */
import { realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { UsageError } from '../../errors.ts';
import type { ModelHeader, RecalibrationMethod } from '../../model/index.ts';
import type { Recalibration } from '../../training/index.ts';
import { stopIfCancelled } from '../../util/cancellation.ts';
import { commandText } from '../command-text.ts';
import { interruption } from '../interruption.ts';
import { wholeNumber } from '../number-option.ts';
import { writeRunReport } from '../report-file.ts';
import { tellSeen } from '../seen-text.ts';
import { createTerminal, tableText } from '../terminal.ts';
import { dataName, withSiteFlags, type SiteFlags } from './site-flags.ts';
import { studyOptions } from './study-flags.ts';
import { figure } from './train.ts';

interface RecalibrateFlags extends SiteFlags {
  method: RecalibrationMethod;
  out: string;
  seed: number;
  createdAt?: string;
  keepBands?: boolean;
}

export function recalibrateCommand(): Command {
  return withSiteFlags(new Command('recalibrate'))
    .description('Fit the risks of a model to local outcomes: a new model folder, which names its parent.')
    .addOption(
      new Option('--method <name>', 'intercept: level; slope: level and spread; isotonic: any rising curve, from 100 events on')
        .choices(['intercept', 'slope', 'isotonic'])
        .makeOptionMandatory(),
    )
    .requiredOption('--out <dir>', 'folder of the new model; its last part is the name of the model')
    .option('--keep-bands', 'leave the thresholds of the bands as they are in the parent (default: chosen on the local risks)')
    .option('--seed <n>', 'seed of folds and resamples', wholeNumber(0, 4_294_967_295), 1)
    .option('--created-at <instant>', 'time written into the model (default now)')
    .addHelpText(
      'after',
      '\nExample:\n  readmission recalibrate --model models/natural --data st-mary --method slope --out models/natural-st-mary',
    )
    .action(run);
}

async function run(flags: RecalibrateFlags): Promise<void> {
  const terminal = createTerminal(flags);
  await requireOtherFolder(flags);
  const { addCardRecords, readCardRecords, readModelFolder, requireModelOut, writeModelFolder } =
    await import('../../model/index.ts');
  const { openModelStudy, recalibratedFolder } = await import('../../training/index.ts');
  await requireModelOut(flags.out);
  const parent = await readModelFolder(flags.model);
  const records = await readCardRecords(flags.model, parent.modelSha256);
  const study = await openModelStudy(parent, flags.data, studyOptions(flags, terminal));
  const content = await recalibratedFolder({ ...parent, records }, study, {
    name: basename(resolve(flags.out)),
    createdAt: flags.createdAt ?? new Date().toISOString(),
    method: flags.method,
    seed: flags.seed,
    draws: flags.draws,
    keepBands: flags.keepBands === true,
    otherPatients: flags.otherPatients === true,
    dataName: dataName(flags),
    command: commandText(process.argv.slice(2)),
    onProgress: terminal.onProgress,
    signal: interruption.signal,
  });
  stopIfCancelled(interruption.signal, 'recalibrating');
  const { model, metrics, card } = content;
  const modelSha256 = await writeModelFolder(flags.out, content);
  await addCardRecords(flags.out, modelSha256, content.records);
  await writeRunReport({ out: join(flags.out, 'report.html'), header: model.header, modelSha256, metrics, card });
  const { recalibration } = content;
  tellSeen(terminal, recalibration, recalibration.discharges + recalibration.seenLeftOut);
  if (recalibration.caution !== null) terminal.note(`warning: ${recalibration.caution}`);
  if (recalibration.bands.empty.length > 0) terminal.note(emptyBandsText(recalibration));
  terminal.result(
    {
      out: flags.out,
      modelSha256,
      parent: parent.modelSha256,
      calibration: model.header.calibration,
      ...recalibration,
    },
    [
      `model ${parent.model.header.name} (${parent.modelSha256.slice(0, 12)}), recalibrated by ${flags.method}: ${model.header.calibration.reason}`,
      recalibrationText(recalibration),
      bandsText(recalibration, model.header.bands),
      `model ${modelSha256.slice(0, 12)} written to ${flags.out}; its card is ${flags.out}/card.md`,
    ].join('\n\n'),
  );
}

/** @throws {UsageError} USAGE where the parent would be written over */
async function requireOtherFolder({ model, out }: RecalibrateFlags): Promise<void> {
  const real = (dir: string): Promise<string> => realpath(dir).catch(() => resolve(dir));
  if ((await real(model)) !== (await real(out))) return;
  throw new UsageError('USAGE', 'expected --out to be another folder than --model, found the same: the parent stays as it is');
}

function recalibrationText({ discharges, patients, events, seenLeftOut, before, after }: Recalibration): string {
  const left = seenLeftOut === 0 ? '' : `; ${seenLeftOut} discharges of patients seen in training left out`;
  const row = (name: string, of: Recalibration['before']): string[] => [
    name,
    figure(of.calibrationIntercept),
    figure(of.calibrationSlope),
    figure(of.brier),
  ];
  return [
    `${discharges} local discharges, ${events} with the outcome, ${patients} patients${left}; 95 % intervals by resampled patients`,
    tableText(
      ['', 'cal. intercept', 'cal. slope', 'Brier'],
      [row('before', before), ...(after === null ? [] : [row('after, cross-fitted', after)])],
    ),
    ...(after === null ? ['after: too few discharges to judge the change on patients it was not fitted on'] : []),
  ].join('\n');
}

/** The bands by their meaning, and whose thresholds they have. */
function bandsText({ bands }: Recalibration, of: ModelHeader['bands']): string {
  const whose = bands.thresholds === 'local' ? 'chosen on the local risks' : 'kept from the parent';
  return [
    `bands, ${whose}:`,
    tableText(
      ['band', 'from', 'meaning'],
      of.map(({ name, from, meaning }) => [name, from === 0 ? '0' : from.toPrecision(3), meaning]),
    ),
  ].join('\n');
}

function emptyBandsText({ bands: { empty, thresholds } }: Recalibration): string {
  return (
    `warning: no local discharge lies in ${empty.length === 1 ? 'the band' : 'the bands'} ${empty.join(', ')}: ` +
    (thresholds === 'parent'
      ? 'leave --keep-bands out for bands that part the risks of this site'
      : 'the local risks hardly differ')
  );
}
