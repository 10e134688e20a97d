/**
 * Writes results into README.md between its markers, from files that runs wrote: no figure there is typed by hand.
 *
 * Usage  npx tsx scripts/readme-results.ts MODEL_FOLDER ANSWER.json
 *        ANSWER.json is one answer of `readmission score --json`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScoreAnswer } from '../src/scoring/index.ts';
import type { TrainingMetrics } from '../src/training/index.ts';

const [modelFolder, answerFile] = process.argv.slice(2);
if (modelFolder === undefined || answerFile === undefined) throw new Error('usage: readme-results.ts MODEL_FOLDER ANSWER.json');

const metrics = JSON.parse(readFileSync(join(modelFolder, 'metrics.json'), 'utf8')) as TrainingMetrics;
const answer = JSON.parse(readFileSync(answerFile, 'utf8')) as ScoreAnswer;

const columns = [
  ['auroc', 'AUROC'],
  ['withinReasonAuroc', 'AUROC within reason'],
  ['averagePrecision', 'average precision'],
  ['brier', 'Brier'],
  ['calibrationIntercept', 'calibration intercept'],
  ['calibrationSlope', 'calibration slope'],
] as const;

function validationTable(validation: TrainingMetrics['validations'][number]): string {
  const cell = (figure: { estimate: number | null; lower: number | null; upper: number | null } | undefined): string => {
    if (figure === undefined || figure.estimate === null) return '–';
    const digits = Math.abs(figure.estimate) < 0.1 ? 3 : 2;
    const ends =
      figure.lower === null || figure.upper === null ? '' : ` (${figure.lower.toFixed(digits)}, ${figure.upper.toFixed(digits)})`;
    return `${figure.estimate.toFixed(3)}${ends}`;
  };
  return [
    `**${validation.name}**: ${validation.description} ${validation.rows} discharges, ${validation.events} unplanned readmissions, ${validation.patients} patients.`,
    '',
    `| model | ${columns.map(([, title]) => title).join(' | ')} |`,
    `| --- |${' --- |'.repeat(columns.length)}`,
    ...Object.entries(validation.results).map(
      ([model, result]) => `| ${model} | ${columns.map(([name]) => cell(result[name])).join(' | ')} |`,
    ),
  ].join('\n');
}

function shortened({ attributions, reasons, missing, notCovered, ...rest }: ScoreAnswer): string {
  const top = [...attributions].sort((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution)).slice(0, 2);
  const few = {
    ...rest,
    attributions: [...top, `… ${attributions.length - top.length} more`],
    reasons: [...reasons.slice(0, 2).map((r) => ({ ...r, resources: r.resources.slice(0, 1) })), `… ${reasons.length - 2} more`],
    missing: [...missing.slice(0, 2), `… ${Math.max(0, missing.length - 2)} more`],
    notCovered,
  };
  return `\`\`\`json\n${JSON.stringify(few, null, 2)}\n\`\`\``;
}

function fill(text: string, name: string, content: string): string {
  const pattern = new RegExp(`<!-- ${name}:begin -->[\\s\\S]*<!-- ${name}:end -->`);
  if (!pattern.test(text)) throw new Error(`README.md has no markers "${name}"`);
  return text.replace(pattern, () => `<!-- ${name}:begin -->\n\n${content}\n\n<!-- ${name}:end -->`);
}

function headline({ discharges, states, validations }: TrainingMetrics): string {
  const [grouped, temporal] = validations;
  const figure = (model: string, metric: string, from = grouped): string => {
    const { estimate, lower, upper } = from?.results[model]?.[metric] ?? { estimate: null, lower: null, upper: null };
    if (estimate === null || lower === null || upper === null) return 'not available';
    return `${estimate.toFixed(3)} (${lower.toFixed(2)} to ${upper.toFixed(2)})`;
  };
  const difference = grouped?.differences['reason'];
  const beats = difference !== undefined && difference.lower > 0 ? 'above' : 'not distinguishable from';
  return [
    `- **There are only ${states['unplanned'] ?? 0} unplanned readmissions in ${discharges} discharges.** Every interval is wide for that reason.`,
    `- **A lookup by admission reason alone reaches an AUROC of ${figure('reason', 'auroc')}**, the forest ${figure('forest', 'auroc')}: ${beats} the lookup.`,
    `  Within one reason the forest reaches ${figure('forest', 'withinReasonAuroc')}; that is all it knows beyond the reason.`,
    ...(temporal === undefined
      ? []
      : [
          `- Trained on earlier and tested on later discharges the forest reaches ${figure('forest', 'auroc', temporal)}, the lookup ${figure('reason', 'auroc', temporal)}.`,
        ]),
  ].join('\n');
}

const withHeadline = fill(readFileSync('README.md', 'utf8'), 'headline', headline(metrics));
const readme = fill(withHeadline, 'results', metrics.validations.map(validationTable).join('\n\n'));
writeFileSync('README.md', fill(readme, 'answer', shortened(answer)));
