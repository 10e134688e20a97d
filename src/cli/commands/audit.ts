/**
 * `readmission audit`: the leakage audit of a study, exit code 8 where a check fails; and, by name, the audit trail of a server
 * (./audit-trail.ts).
 */
import { Command } from 'commander';
import type { LeakageEvidence } from '../../evaluation/index.ts';
import { dataQualityExit } from '../exit-code.ts';
import { interruption } from '../interruption.ts';
import { wholeNumber } from '../number-option.ts';
import { tellRuntime } from '../runtime-notice.ts';
import { createTerminal, tableText } from '../terminal.ts';
import { auditExportCommand, auditVerifyCommand } from './audit-trail.ts';
import { forestOptions, withForestFlags, type ForestFlags } from './forest-flags.ts';
import { studyOptions, withFeatureFlags, type StudyFlags } from './study-flags.ts';

interface AuditFlags extends StudyFlags, ForestFlags {
  seed: number;
  folds: number;
  draws: number;
}

export function auditCommand(): Command {
  return new Command('audit')
    .description(
      'Look for leakage in a study: exit code 8 where a check fails. Or verify and export the audit trail of a server.',
    )
    .addCommand(studyAuditCommand(), { isDefault: true })
    .addCommand(auditVerifyCommand())
    .addCommand(auditExportCommand())
    .addHelpText(
      'after',
      '\nExamples:\n  readmission audit --data synthea-data --features default,scores\n  readmission audit verify --state readmission-state',
    );
}

function studyAuditCommand(): Command {
  return withForestFlags(withFeatureFlags(new Command('study')))
    .description('Look for leakage in a study: exit code 8 where a check fails.')
    .option('--seed <n>', 'seed of folds, trees, permuted labels and resamples', wholeNumber(0, 4_294_967_295), 1)
    .option('--folds <n>', 'folds of the validation', wholeNumber(2, 50), 5)
    .option('--draws <n>', 'bootstrap draws of the intervals', wholeNumber(100, 100_000), 1000)
    .addHelpText('after', '\nExample:\n  readmission audit --data synthea-data --features default,scores')
    .action(run);
}

async function run(flags: AuditFlags): Promise<void> {
  const terminal = createTerminal(flags);
  const { resolveForestOptions } = await import('../../forest/index.ts');
  const { auditStudy, openStudy } = await import('../../training/index.ts');
  const forest = { ...forestOptions(flags), seed: flags.seed };
  // Refused before the records are loaded rather than after it.
  resolveForestOptions(forest, 10_000);
  await tellRuntime(terminal, flags.engine);
  const study = await openStudy(flags.data, { ...studyOptions(flags, terminal), asOfTrial: true });
  const { matrix, features, manifestSha256 } = study;
  const audit = await auditStudy(study, forest, {
    folds: flags.folds,
    seed: flags.seed,
    draws: flags.draws,
    onProgress: terminal.onProgress,
    signal: interruption.signal,
  });
  const events = matrix.outcome.reduce((sum, y) => sum + y, 0);
  terminal.result(
    { manifestSha256, featureSet: features.name, discharges: matrix.rows, events, ...audit },
    `${matrix.rows} discharges, ${events} with the outcome, ${matrix.features.length} features\n\n${auditText(audit)}`,
  );
  if (audit.verdict === 'fail') process.exitCode = dataQualityExit;
}

function auditText({ checks, verdict }: LeakageEvidence): string {
  return [
    tableText(
      ['check', 'verdict', 'finding', 'bound'],
      checks.map(({ check, verdict: found, finding, bound }) => [check, found, wrapped(finding), wrapped(bound)]),
    ),
    `verdict: ${verdict}`,
  ].join('\n');
}

/** Broken between words, so that the table fits a terminal. */
function wrapped(text: string, width = 48): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
