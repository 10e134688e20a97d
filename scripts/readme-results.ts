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

const readme = fill(readFileSync('README.md', 'utf8'), 'results', metrics.validations.map(validationTable).join('\n\n'));
writeFileSync('README.md', fill(readme, 'answer', shortened(answer)));
