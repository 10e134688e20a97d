/**
 * Writes results into README.md between its markers, from files that runs wrote: no figure there is typed by hand.
 *
 * Usage  npx tsx scripts/readme-results.ts PLANTED_MODEL NATURAL_MODEL ANSWER.json
 *        model folders trained on planted records (with --truth) and on natural ones; ANSWER.json one answer of `readmission score --json`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScoreAnswer } from '../src/scoring/index.ts';
import type { TrainingMetrics } from '../src/training/index.ts';

const [plantedModel, naturalModel, answerFile] = process.argv.slice(2);
if (plantedModel === undefined || naturalModel === undefined || answerFile === undefined) {
  throw new Error('usage: readme-results.ts PLANTED_MODEL NATURAL_MODEL ANSWER.json');
}

const metricsOf = (folder: string): TrainingMetrics =>
  JSON.parse(readFileSync(join(folder, 'metrics.json'), 'utf8')) as TrainingMetrics;
const [planted, natural] = [metricsOf(plantedModel), metricsOf(naturalModel)];
const { truth } = planted;
const answer = JSON.parse(readFileSync(answerFile, 'utf8')) as ScoreAnswer;

const columns = [
  ['auroc', 'AUROC'],
  ['withinReasonAuroc', 'AUROC within reason'],
  ['averagePrecision', 'average precision'],
  ['brier', 'Brier'],
  ['calibrationIntercept', 'calibration intercept'],
  ['calibrationSlope', 'calibration slope'],
] as const;

/** The model, what it has to beat, the published scores. */
const modelOrder = ['forest', 'logistic', 'reason', 'prevalence', 'hospital_2013', 'hospital_2016', 'lace', 'charlson'];

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
    ...Object.entries(validation.results)
      .sort(([a], [b]) => modelOrder.indexOf(a) - modelOrder.indexOf(b))
      .map(([model, result]) => `| ${model} | ${columns.map(([name]) => cell(result[name])).join(' | ')} |`),
  ].join('\n');
}

/** Later discharges of patients the model has met, and of new ones. */
function seenText({ validations }: TrainingMetrics): string {
  const told = (['seen', 'unseen'] as const).map((patients) => {
    const found = validations.find(({ name }) => name === `temporal-${patients}`);
    return found === undefined
      ? `${patients}: too few events`
      : `${patients} ${interval(found.results['forest']?.['auroc'])} on ${found.rows} with ${found.events} events`;
  });
  return `Later discharges by whether the patient was seen in training, AUROC of the forest: ${told.join('; ')}.`;
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

type Figure = { estimate: number | null; lower: number | null; upper: number | null } | undefined;

function interval(figure: Figure, digits = 3): string {
  if (figure === undefined || figure.estimate === null || figure.lower === null || figure.upper === null) return 'not available';
  return `${figure.estimate.toFixed(digits)} (${figure.lower.toFixed(2)} to ${figure.upper.toFixed(2)})`;
}

/** What the planted truth says, in one paragraph and two tables. */
function truthText(): string {
  if (truth === undefined) throw new Error(`${plantedModel} has no truth; train it with --truth`);
  const { models, explanations } = truth;
  const forest = models['forest'];
  return [
    `- **The best forecast anyone could make, the oracle, reaches an AUROC of ${interval(truth.oracleAuroc)}**; the forest goes ${percent(forest?.share)} of its way from 0.5, the`,
    `  reason lookup ${percent(models['reason']?.share)}, LACE ${percent(models['lace']?.share)}, HOSPITAL ${percent(models['hospital_2013']?.share)}.`,
    `- Against the oracle's risk itself the forest's is off by ${interval(forest?.meanAbsoluteError)} on average, with a calibration slope of ${interval(forest?.calibrationSlope)}.`,
    `- Its explanations order the feature families as the truth does (Spearman ${interval(explanations.familySpearman)}) and point the right way for ${(100 * explanations.weightedSignAgreement).toFixed(0)} % of the effects by size;`,
    `  ${(100 * explanations.noEffectShare).toFixed(0)} % of the attribution goes to features without a term of their own in the process, such as indices and neighbouring counts.`,
    '',
    '| family | mean true contribution (log odds) | mean attribution (probability) |',
    '| --- | --- | --- |',
    ...explanations.families.map(
      ({ family, contribution, attribution }) => `| ${family} | ${contribution.toFixed(3)} | ${attribution.toFixed(4)} |`,
    ),
  ].join('\n');
}

function percent(figure: Figure): string {
  if (figure === undefined || figure.estimate === null) return 'an unknown part';
  return `${(100 * figure.estimate).toFixed(0)} %`;
}

function naturalHeadline({ discharges, states, validations }: TrainingMetrics): string {
  const [grouped, temporal] = ['grouped', 'temporal'].map((name) => validations.find((v) => v.name === name));
  const figure = (model: string, metric: string, from = grouped): string => interval(from?.results[model]?.[metric]);
  const difference = grouped?.differences['reason'];
  const beats = (difference?.lower ?? 0) > 0 ? 'above' : 'not distinguishable from';
  return [
    `- There are only ${states['unplanned'] ?? 0} unplanned readmissions in ${discharges} discharges.`,
    `- **A lookup by admission reason alone reaches an AUROC of ${figure('reason', 'auroc')}**, the forest ${figure('forest', 'auroc')}: ${beats} the lookup.`,
    `  Within one reason the forest reaches ${figure('forest', 'withinReasonAuroc')}; that is all it knows beyond the reason.`,
    ...(temporal === undefined
      ? []
      : [
          `- Trained on earlier and tested on later discharges the forest reaches ${figure('forest', 'auroc', temporal)}, the lookup ${figure('reason', 'auroc', temporal)}.`,
        ]),
  ].join('\n');
}

let readme = readFileSync('README.md', 'utf8');
readme = fill(
  readme,
  'planted',
  planted.validations
    .filter(({ name }) => ['grouped', 'temporal'].includes(name))
    .map(validationTable)
    .concat(seenText(planted))
    .join('\n\n'),
);
readme = fill(readme, 'truth', truthText());
readme = fill(readme, 'natural', naturalHeadline(natural));
writeFileSync('README.md', fill(readme, 'answer', shortened(answer)));
