/**
 * `readmission score`: the risk of one discharge from a Bundle, with its reasons; or the risks of all rows of a table.
 */
import { Command, Option } from 'commander';
import { UsageError } from '../../errors.ts';
import type { ScoreAnswer } from '../../scoring/index.ts';
import { interruption } from '../interruption.ts';
import { bundleRequest, readBundle, withDischargeFlags, type DischargeFlags } from '../patient-bundle.ts';
import { intervalText } from '../share-text.ts';
import { createTerminal, type Terminal } from '../terminal.ts';
import { withFeatureFolders } from './study-flags.ts';
import { scoresJson, scoresText } from './scores-text.ts';

interface ScoreFlags extends DischargeFlags {
  model: string;
  bundle?: string;
  matrix?: string;
  keep?: string[];
  out?: string;
  featureFolder?: string[];
  fhir?: boolean;
  json?: boolean;
}

export function scoreCommand(): Command {
  return withFeatureFolders(withDischargeFlags(new Command('score')))
    .description('Score one discharge from a FHIR Bundle of one patient, or every row of a table.')
    .requiredOption('--model <dir>', 'model folder')
    .option('--bundle <file>', 'Bundle R4 as JSON')
    .addOption(
      new Option(
        '--matrix <file>',
        'instead of a Bundle: a table (.parquet, .csv or .csv.gz) with a column for each feature of the model, such as readmission features writes',
      ).conflicts(['bundle', 'encounter', 'asOf', 'covers', 'featureFolder']),
    )
    .option(
      '--keep <column>',
      'with --matrix: column written before the risk; may be given again (default: id, patient and time, as the dictionary beside the table or the model names them)',
      (column: string, before: string[] | undefined) => [...(before ?? []), column],
    )
    .option('--out <file>', 'with --matrix: write the risks as .parquet or .csv (default: print them as CSV)')
    .addOption(new Option('--fhir', 'print the answer as a FHIR RiskAssessment (R4)').conflicts('matrix'))
    .option('--json', 'print the answer as one JSON line')
    .addHelpText(
      'after',
      '\nExamples:\n  readmission score --model models/natural --bundle patient.json' +
        '\n  readmission score --model models/natural --matrix features.parquet --out risks.csv',
    )
    .action(run);
}

async function run(flags: ScoreFlags): Promise<void> {
  const terminal = createTerminal(flags);
  if (flags.matrix !== undefined) return scoreMatrix(flags.matrix, flags, terminal);
  const bundleFile = requireBundleFlags(flags);
  const { readModelFolder } = await import('../../model/index.ts');
  const { createScorer } = await import('../../scoring/index.ts');
  const bundle = await readBundle(bundleFile);
  const scorer = await createScorer(await readModelFolder(flags.model), { featureFolders: flags.featureFolder ?? [] });
  try {
    const request = bundleRequest(scorer, bundle, flags);
    if (flags.fhir === true) {
      const { riskAssessment } = await import('../../server/fhir/index.ts');
      const { answer } = await scorer.explainBundle(request);
      const assessment = riskAssessment({ answer, scorer, bundle, asOf: request.asOf, now: Date.now() });
      terminal.result(assessment, JSON.stringify(assessment, null, 2));
      return;
    }
    const answer = await scorer.scoreBundle(request);
    terminal.result(answer, answerText(answer));
  } finally {
    scorer.close();
  }
}

/** @throws {UsageError} USAGE_SCORE */
function requireBundleFlags({ bundle, keep, out }: ScoreFlags): string {
  if (bundle === undefined) throw new UsageError('USAGE_SCORE', 'expected --bundle or --matrix, found neither');
  if (keep === undefined && out === undefined) return bundle;
  throw new UsageError('USAGE_SCORE', `${keep === undefined ? '--out' : '--keep'}: expected only with --matrix; leave it out`);
}

async function scoreMatrix(matrix: string, flags: ScoreFlags, terminal: Terminal): Promise<void> {
  const { readModelFolder } = await import('../../model/index.ts');
  const { cautionOf } = await import('../../scoring/index.ts');
  const { scoreTableFile } = await import('../../training/index.ts');
  const { requireTableName, tableCsv, writeTable } = await import('../../warehouse/index.ts');
  if (flags.out !== undefined) requireTableName(flags.out);
  const { model, modelSha256 } = await readModelFolder(flags.model);
  const scored = await scoreTableFile(model, matrix, {
    keep: flags.keep,
    signal: interruption.signal,
    onProgress: terminal.onProgress,
  });
  const summary = scoresJson(model, modelSha256, scored, flags.out);
  if (flags.out === undefined) {
    terminal.note(scoresText(model, scored, cautionOf(model.header)));
    terminal.result(summary, tableCsv(scored.columns).trimEnd());
    return;
  }
  await writeTable(flags.out, scored.columns);
  terminal.result(summary, `${scoresText(model, scored, cautionOf(model.header))}\nrisks written to ${flags.out}`);
}

/** The answer for people: risk, band, reasons with the resources behind them, what was not known. */
export function answerText(answer: ScoreAnswer): string {
  const percent = (p: number): string => `${(100 * p).toFixed(1)} %`;
  const points = (a: number): string => `${a >= 0 ? '+' : '−'}${(100 * Math.abs(a)).toFixed(2)}`;
  return [
    `risk ${percent(answer.risk)} of ${answer.outcome} (base rate ${percent(answer.baseRate)}); band ${answer.band}: ${answer.bandMeaning}`,
    ...intervalText(answer.interval),
    `forest output ${percent(answer.forestOutput)} = base value ${percent(answer.baseValue)} + attributions (percentage points):`,
    ...answer.reasons.map(
      (r) =>
        `  ${points(r.attribution).padStart(7)}  ${r.words}${r.resources.length === 0 ? '' : `  [${r.resources.slice(0, 2).join(', ')}${r.resources.length > 2 ? ', …' : ''}]`}`,
    ),
    `not measured: ${answer.missing.length}; not covered: ${answer.notCovered.length}; outside the training range: ${answer.outOfTrainingRange.join(', ') || 'none'}`,
    ...answer.notes.map((note) => `note: ${note}`),
    answer.caution,
  ].join('\n');
}
