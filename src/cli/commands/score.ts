/**
 * `readmission score`: the risk of one discharge from a Bundle, with its reasons.
 */
import { Command } from 'commander';
import type { ScoreAnswer } from '../../scoring/index.ts';
import { bundleRequest, readBundle, withDischargeFlags, type DischargeFlags } from '../patient-bundle.ts';
import { createTerminal } from '../terminal.ts';
import { withFeatureFolders } from './study-flags.ts';

interface ScoreFlags extends DischargeFlags {
  model: string;
  bundle: string;
  featureFolder?: string[];
  json?: boolean;
}

export function scoreCommand(): Command {
  return withFeatureFolders(withDischargeFlags(new Command('score')))
    .description('Score one discharge from a FHIR Bundle of one patient.')
    .requiredOption('--model <dir>', 'model folder')
    .requiredOption('--bundle <file>', 'Bundle R4 as JSON')
    .option('--json', 'print the answer as one JSON line')
    .addHelpText('after', '\nExample:\n  readmission score --model models/natural --bundle patient.json')
    .action(run);
}

async function run(flags: ScoreFlags): Promise<void> {
  const terminal = createTerminal(flags);
  const { readModelFolder } = await import('../../model/index.ts');
  const { createScorer } = await import('../../scoring/index.ts');
  const bundle = await readBundle(flags.bundle);
  const scorer = await createScorer(await readModelFolder(flags.model), { featureFolders: flags.featureFolder ?? [] });
  try {
    const answer = await scorer.scoreBundle(bundleRequest(scorer, bundle, flags));
    terminal.result(answer, answerText(answer));
  } finally {
    scorer.close();
  }
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
