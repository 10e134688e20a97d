/**
 * `readmission score`: the risk of one discharge from a Bundle, with its reasons.
 */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { UsageError } from '../../errors.ts';
import type { ScoreAnswer, Scorer } from '../../scoring/index.ts';
import { createTerminal } from '../terminal.ts';

interface ScoreFlags {
  model: string;
  bundle: string;
  encounter?: string;
  asOf?: string;
  covers?: string;
  json?: boolean;
}

export function scoreCommand(): Command {
  return new Command('score')
    .description('Score one discharge from a FHIR Bundle of one patient.')
    .requiredOption('--model <dir>', 'model folder')
    .requiredOption('--bundle <file>', 'Bundle R4 as JSON')
    .option(
      '--encounter <id>',
      'encounter the patient is discharged from (default: the last inpatient encounter in the Bundle, by the mapping of the model)',
    )
    .option('--as-of <dateTime>', "prediction time (default: the encounter's end)")
    .option('--covers <types>', 'resource types the Bundle was searched for, joined by commas (default: those it holds)')
    .option('--json', 'print the answer as one JSON line')
    .addHelpText('after', '\nExample:\n  readmission score --model models/natural --bundle patient.json')
    .action(run);
}

async function run(flags: ScoreFlags): Promise<void> {
  const terminal = createTerminal(flags);
  const { readModelFolder } = await import('../../model/index.ts');
  const { createScorer } = await import('../../scoring/index.ts');
  const bundle = await readBundle(flags.bundle);
  const scorer = await createScorer(await readModelFolder(flags.model));
  try {
    const answer = await scorer.scoreBundle({
      bundle,
      encounter: flags.encounter ?? lastInpatientEncounter(scorer, bundle, flags.asOf),
      ...(flags.asOf === undefined ? {} : { asOf: flags.asOf }),
      ...(flags.covers === undefined
        ? {}
        : { covers: { types: flags.covers.split(',').map((type) => type.trim()), from: null } }),
    });
    terminal.result(answer, answerText(answer));
  } finally {
    scorer.close();
  }
}

type LooseBundle = { resourceType: 'Bundle' };

async function readBundle(path: string): Promise<LooseBundle> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as LooseBundle | null;
    if (value?.resourceType === 'Bundle') return value;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== undefined) throw cause;
  }
  throw new UsageError('USAGE_BUNDLE', `expected a FHIR Bundle as JSON in ${path}, found something else`);
}

/** Told apart by the mapping the model was trained with: a hospital may call an inpatient stay by a class of its own. */
function lastInpatientEncounter(scorer: Scorer, bundle: LooseBundle, asOf: string | undefined): string {
  const encounter = scorer.lastInpatientEncounter({ bundle, ...(asOf === undefined ? {} : { asOf }) });
  if (encounter !== null) return encounter;
  throw new UsageError(
    'USAGE_ENCOUNTER',
    `expected an inpatient encounter in the Bundle by the model's site mapping "${scorer.mapping.name}", found none; name one with --encounter`,
  );
}

/** The answer for people: risk, band, reasons with the resources behind them, what was not known. */
export function answerText(answer: ScoreAnswer): string {
  const percent = (p: number): string => `${(100 * p).toFixed(1)} %`;
  const points = (a: number): string => `${a >= 0 ? '+' : '−'}${(100 * Math.abs(a)).toFixed(2)}`;
  return [
    `risk ${percent(answer.risk)} of ${answer.outcome} (base rate ${percent(answer.baseRate)}); band ${answer.band}: ${answer.bandMeaning}`,
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
