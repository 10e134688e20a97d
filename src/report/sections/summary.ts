/**
 * Summary: the headline, never without its interval and what is trivial beside it.
 */
import type { LeakageCheck } from '../../evaluation/evidence.ts';
import { importedFrom, type MetricInterval } from '../../model/index.ts';
import { notComputed } from '../figure.ts';
import { bestBaseline, headlineOf, judgedKind, judgedOn, mainEvidence, type Figures, type Headline } from '../headline.ts';
import { html, type Markup } from '../markup.ts';
import { modelName } from '../names.ts';
import { count, decimal, intervalText, isNumber, percent, signed, withInterval, type NumberText } from '../number-text.ts';
import type { ReportInput, ReportMetrics } from '../report-input.ts';
import { capital, groupedCounts } from '../sentence.ts';
import { checkName } from './leakage.ts';
import type { Section } from './section.ts';

/** Above this a readmission model of all patients is more likely to have seen the answer than to be that good. */
const SUSPICIOUS = 0.85;

export function summarySection({ metrics, header }: ReportInput): Section {
  const headline = headlineOf(metrics);
  const body =
    headline !== undefined
      ? content(metrics, headline)
      : importedFrom(header) === undefined
        ? notComputed('the run holds no validation.')
        : unjudged(header);
  return { id: 'summary', title: 'Summary', body };
}

/** Of a forest that was trained elsewhere. */
function unjudged({ forest, features, training, calibration }: ReportInput['header']): Markup {
  return html`<p class="lead">
      This forest was trained elsewhere and nothing here has judged it:
      <strong>no figure says how good its risks are.</strong>
    </p>
    <ul>
      <li>
        ${count(forest.trees)} trees of ${count(features.length)} features (${forest.engine}), from the file
        ${importedFrom({ forest })}. It tells of ${count(training.rows)} training rows of ${count(training.patients)} patients,
        ${count(training.events)} of them with the outcome (${percent(training.events / training.rows)}).
      </li>
      <li>Its risk: ${calibration.reason}.</li>
      <li>To judge it, give rows that it was not trained on, the model as it is or with its risks fitted to them:</li>
    </ul>
    <pre>
readmission evaluate --model DIR --matrix TABLE --report FILE
readmission import --forest FILE --out DIR --calibrate TABLE</pre>`;
}

function content(metrics: ReportMetrics, headline: Headline): Markup {
  const { results, rows, events, patients } = headline;
  const auroc = results['forest']?.['auroc'];
  return html`<p class="lead">
      On ${count(rows)} ${judgedOn(metrics)} of ${count(patients)} patients, ${count(events)} of them (${percent(events / rows)})
      followed by the outcome, the random forest ranks with an AUROC of <strong>${withInterval(auroc)}</strong>.
    </p>
    <ul>
      ${facts(metrics, headline).map((fact) => html`<li>${fact}</li>`)}
    </ul>
    <p>
      ${groupedCounts(capital(headline.description))} Intervals are 95 %, from
      ${count(mainEvidence(metrics)?.bootstrap.draws ?? metrics.draws)} resamples of whole patients.
    </p>
    ${isNumber(auroc?.estimate) && auroc.estimate > SUSPICIOUS ? suspicion : ''}${tiles(metrics, headline)}`;
}

const suspicion = html`<p class="alert">
  <strong>Check this first.</strong> An AUROC above ${SUSPICIOUS} is rare for readmission of all patients. Until the leakage audit
  has explained it, read it as a defect and not as a result.
</p>`;

function facts(metrics: ReportMetrics, { results, differences }: Headline): Markup[] {
  const forest = results['forest'] ?? {};
  const aurocs = (models: readonly string[]): string[] =>
    models.flatMap((model) => {
      const figure = results[model]?.['auroc'];
      return isNumber(figure?.estimate) ? [`${modelName(model)} ${withInterval(figure)}`] : [];
    });
  const trivial = [...(results['prevalence'] === undefined ? [] : ['Prevalence 0.5 by construction']), ...aurocs(['reason'])];
  const published = aurocs(['lace', 'hospital_2013', 'hospital_2016', 'charlson']);
  const same = aurocs(['logistic']);
  const best = bestBaseline(results);
  // What a recalibrated model has from its parent is told in its place.
  const own = judgedKind(metrics) !== 'local';
  const temporal = !own
    ? undefined
    : (metrics.evidence?.temporal?.headline['forest']?.['auroc'] ??
      metrics.validations.find(({ name }) => name === 'temporal')?.results['forest']?.['auroc']);
  const unseen = !own
    ? undefined
    : metrics.validations.find(({ name }) => name === 'temporal-unseen')?.results['forest']?.['auroc'];
  const oracle = own ? metrics.truth?.oracleAuroc : undefined;
  const share = metrics.truth?.models['forest']?.share;
  const within = forest['withinReasonAuroc'];
  return [
    ...(trivial.length === 0 ? [] : [html`Trivial models beside it: ${trivial.join('; ')}.`]),
    ...(published.length === 0 ? [] : [html`Published scores: ${published.join('; ')}.`]),
    ...(same.length === 0 ? [] : [html`The same features without a forest: ${same.join('; ')}.`]),
    ...(best === undefined ? [] : comparison(best, differences)),
    ...(isNumber(within?.estimate)
      ? [
          html`Among discharges with the same reason of admission: ${withInterval(within)}. This part cannot come from knowing the
          reason.`,
        ]
      : []),
    ...(isNumber(forest['calibrationSlope']?.estimate)
      ? [
          html`Calibration: slope ${withInterval(forest['calibrationSlope'])}, intercept
          ${withInterval(forest['calibrationIntercept'])}.`,
        ]
      : []),
    ...(isNumber(temporal?.estimate)
      ? [
          html`Learnt before a day and tested after it: AUROC
          ${withInterval(temporal)}${
            isNumber(unseen?.estimate) ? html`; of these, among patients not seen before that day: ${withInterval(unseen)}` : ''
          }.`,
        ]
      : []),
    ...(isNumber(oracle?.estimate)
      ? [
          html`The outcomes were planted and their true risk is known. Ranking by it gives
          ${withInterval(oracle)}${
            isNumber(share?.estimate)
              ? html`; the forest reaches ${withInterval(share, percent)} of its distance from chance`
              : ''
          }.`,
        ]
      : []),
    ...audit(metrics),
  ];
}

/** What the audit did not let pass. */
function audit({ leakage }: ReportMetrics): Markup[] {
  const told = leakage?.checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn') ?? [];
  return told.length === 0
    ? []
    : [
        html`Leakage audit, to be read before these figures are used:
        ${told.map(({ check, verdict, finding }) => `${checkName(check)} (${verdict}): ${groupedCounts(finding)}`).join('; ')}.`,
      ];
}

function comparison(best: string, differences: Figures): Markup[] {
  const figure = differences[best];
  if (!isNumber(figure?.estimate)) return [];
  const { lower, upper } = figure;
  const verdict =
    !isNumber(lower) || !isNumber(upper)
      ? ''
      : lower > 0
        ? ': the forest ranks better'
        : upper < 0
          ? ': the forest ranks worse'
          : ': the interval includes 0, so these data do not tell the two apart';
  return [
    html`Forest minus ${modelName(best)}, the best of these: ${signed(figure.estimate)}
    (${intervalText(figure, signed)})${verdict}.`,
  ];
}

function tiles({ leakage }: ReportMetrics, { results, differences }: Headline): Markup {
  const forest = results['forest'] ?? {};
  const best = bestBaseline(results);
  const audited = leakage !== undefined && leakage !== null;
  return html`<dl class="tiles">
    ${tile('AUROC', forest['auroc'], 'chance 0.5; best 1')}
    ${best === undefined ? '' : tile(`Forest minus ${modelName(best)}`, differences[best], 'difference in AUROC; 0 is no gain', signed)}
    ${tile('Scaled Brier score', forest['scaledBrier'], 'prevalence alone 0; best 1')}
    ${tile('Calibration slope', forest['calibrationSlope'], 'ideal 1; below 1 the risks are too extreme')}
    ${tile('Calibration intercept', forest['calibrationIntercept'], 'ideal 0; above 0 the risks are too low', signed)}
    <div>
      <dt>Leakage audit</dt>
      <dd>
        <strong>${audited ? leakage.verdict : 'not computed'}</strong
        ><span>${audited ? auditText(leakage.checks) : 'the run holds no audit'}</span>
      </dd>
    </div>
  </dl>`;
}

function tile(name: string, figure: MetricInterval | undefined, reading: string, text: NumberText = decimal): Markup {
  const value = isNumber(figure?.estimate)
    ? html`<strong>${text(figure.estimate)}</strong><span>${intervalText(figure, text)}</span>`
    : html`<strong>n/a</strong>`;
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}<span>${reading}</span></dd>
  </div>`;
}

/** A check that was not made is no pass, nor a finding: it is counted by itself. */
function auditText(checks: readonly LeakageCheck[]): string {
  const open = checks.filter(({ verdict }) => verdict === 'not-assessed').length;
  return `${checks.length} checks${open === 0 ? '' : `, ${open} not assessed`}; section “Leakage audit”`;
}
