/**
 * `readmission monitor`: later discharges held against those of training; exit code 8 where something lies above its bound.
 */
import { Command } from 'commander';
import { UsageError } from '../../errors.ts';
import type { ModelFolder } from '../../model/index.ts';
import type { Monitoring, MonitoredOutcomes } from '../../training/index.ts';
import { dataQualityExit } from '../exit-code.ts';
import { interruption } from '../interruption.ts';
import { calendarDate, wholeNumber } from '../number-option.ts';
import { tellSeen } from '../seen-text.ts';
import { createTerminal, tableText } from '../terminal.ts';
import { siteRun, withSiteFlags, type SiteFlags } from './site-flags.ts';
import { studyOptions } from './study-flags.ts';
import { figure } from './train.ts';

interface MonitorFlags extends SiteFlags {
  bounds?: string;
  starterBounds?: boolean;
  from?: number;
  to?: number;
  seed: number;
  record: boolean;
}

export function monitorCommand(): Command {
  const command = withSiteFlags(new Command('monitor'))
    .description('Hold later discharges against those a model was trained on: exit code 8 where something lies above its bound.')
    .option('--bounds <file>', 'bounds as JSON; what it leaves out has its default')
    .option('--starter-bounds', 'print the default bounds, and do nothing else')
    .option('--from <date>', 'first day of discharge looked at (default: all)', calendarDate)
    .option('--to <date>', 'last day of discharge looked at (default: all)', calendarDate)
    .option('--seed <n>', 'seed of the resamples', wholeNumber(0, 4_294_967_295), 1)
    .option('--no-record', 'leave the model folder as it is')
    .addHelpText(
      'after',
      '\nOnly discharges whose horizon is over are looked at: the last month, a month later.\n' +
        '\nExample:\n  readmission monitor --starter-bounds > bounds.json\n' +
        '  readmission monitor --model models/natural --data st-mary --from 2026-01-01 --to 2026-03-31 --bounds bounds.json',
    )
    .action(run);
  // --starter-bounds asks for neither.
  for (const flag of ['--data', '--model']) command.options.find(({ long }) => long === flag)?.makeOptionMandatory(false);
  return command;
}

async function run(flags: MonitorFlags): Promise<void> {
  const { defaultBounds, monitorModel, monitoringRecord, openModelStudy, readBounds, studySpan } =
    await import('../../training/index.ts');
  if (flags.starterBounds === true) {
    process.stdout.write(`${JSON.stringify(defaultBounds, null, 2)}\n`);
    return;
  }
  if (flags.model === undefined || flags.data === undefined) {
    throw new UsageError('USAGE', 'expected --model DIR and --data DIR, or --starter-bounds; found neither');
  }
  const terminal = createTerminal(flags);
  const { readModelFolder, recordInCard } = await import('../../model/index.ts');
  const bounds = flags.bounds === undefined ? defaultBounds : readBounds(flags.bounds);
  const folder = await readModelFolder(flags.model);
  const study = studySpan(await openModelStudy(folder, flags.data, studyOptions(flags, terminal)), flags);
  const monitoring = await monitorModel(folder, study, {
    bounds,
    seed: flags.seed,
    draws: flags.draws,
    otherPatients: flags.otherPatients === true,
    signal: interruption.signal,
  });
  if (flags.record) {
    await recordInCard(flags.model, { monitoring: [monitoringRecord(monitoring, siteRun(flags, study))] });
  }
  tellSeen(terminal, monitoring, monitoring.discharges);
  terminal.result(
    { model: folder.model.header.name, modelSha256: folder.modelSha256, recorded: flags.record, ...monitoring },
    monitoringText(folder, monitoring, breachLines(monitoring)),
  );
  if (monitoring.breaches.length > 0) process.exitCode = dataQualityExit;

  function breachLines({ breaches }: Monitoring): string {
    if (breaches.length === 0) return 'nothing lies above its bound';
    return tableText(
      ['above its bound', 'measure', 'found', 'bound'],
      breaches.map(({ what, measure, found, bound }) => [what, measure, found.toFixed(3), bound]),
    );
  }
}

/** Features shown. */
const shown = 10;

function monitoringText(folder: ModelFolder, monitoring: Monitoring, breaches: string): string {
  const { discharges, patients, from, to, risk, features, outcomes } = monitoring;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return [
    `model ${folder.model.header.name} (${folder.modelSha256.slice(0, 12)}); ${discharges} discharges of ${patients} patients, ${from} to ${to}`,
    risk === null
      ? 'risk: not compared, the model may have been trained or recalibrated on every discharge'
      : `risk: population stability index ${risk.psi.toFixed(3)} (chance alone: up to ${risk.chance.toFixed(3)}), mean ${percent(risk.mean)}`,
    tableText(
      [
        `the ${Math.min(shown, features.length)} features that moved most`,
        'PSI',
        'by chance up to',
        'missing',
        // The distributions of a recalibrated model are of the discharges it was recalibrated on.
        folder.model.header.parent === undefined ? 'in training' : 'at recalibration',
        'out of range',
      ],
      features
        .slice(0, shown)
        .map(({ name, psi, chance, missing, missingThen, outOfRange }) => [
          name,
          psi.toFixed(3),
          chance.toFixed(3),
          percent(missing),
          percent(missingThen),
          percent(outOfRange),
        ]),
    ),
    outcomesText(outcomes),
    breaches,
  ].join('\n\n');
}

function outcomesText(outcomes: MonitoredOutcomes | null): string {
  if (outcomes === null) return 'outcomes: not judged, the model was trained or recalibrated on every patient';
  const { discharges, events, expected, ratio, figures } = outcomes;
  return [
    `outcomes of ${discharges} discharges of patients the model was not trained on: ${events} events, ${expected.toFixed(1)} expected`,
    tableText(
      ['observed for one expected', 'cal. intercept', 'cal. slope', 'AUROC', 'Brier'],
      [[figure(ratio), ...['calibrationIntercept', 'calibrationSlope', 'auroc', 'brier'].map((name) => figure(figures[name]))]],
    ),
  ].join('\n');
}
