/**
 * Against the known truth: how much of what can be known the models know, and whether the reasons they give are the true ones.
 */
import { figureBlock, legend, notComputed } from '../figure.ts';
import { html, type Markup } from '../markup.ts';
import { modelName, modelOrder } from '../names.ts';
import { compact, count, decimal, isNumber, percent, withInterval } from '../number-text.ts';
import { pairedSharesSvg } from '../plots/paired-shares.ts';
import type { ReportInput, ReportTruth } from '../report-input.ts';
import { blue, orange } from '../series-style.ts';
import { figureCell, table } from '../table.ts';
import type { Section } from './section.ts';

export function truthSection({ metrics, header }: ReportInput): Section {
  const { truth } = metrics;
  const body =
    truth === undefined || truth === null
      ? notComputed(
          header.training.synthetic
            ? 'the run holds no comparison with a planted truth.'
            : 'recorded patients have no known true risk; only planted outcomes do.',
        )
      : content(truth);
  return { id: 'truth', title: 'Against the known truth', body };
}

function content(truth: ReportTruth): Markup {
  return html`<p>
      Event: ${truth.event}, drawn for ${count(truth.events)} of ${count(truth.discharges)} discharges with a mean true risk of
      ${percent(truth.meanOracleRisk)}. Outcome of the label: ${truth.outcome}; it differs from the drawn event for
      ${count(truth.labelDisagreements)} discharges. The oracle, which ranks by the true risk, has an AUROC of
      <strong>${withInterval(truth.oracleAuroc)}</strong>: no forecast is better on
      average.${
        truth.permutedAuroc === null
          ? ''
          : html` Forests trained on labels dealt out by chance: ${withInterval(truth.permutedAuroc)} (should hold 0.5).`
      }
    </p>
    ${table({
      caption: 'Models against the oracle, with 95 % intervals',
      columns: [
        { head: 'Model', text: true, cell: (name) => modelName(name) },
        { head: 'AUROC', cell: (name) => figureCell(truth.models[name]?.auroc) },
        {
          head: html`Share of the oracle<span class="ideal">of its distance from 0.5</span>`,
          cell: (name) => figureCell(truth.models[name]?.share, percent),
        },
        { head: 'Mean |risk − true risk|', cell: (name) => figureCell(truth.models[name]?.meanAbsoluteError) },
        {
          head: html`Intercept<span class="ideal">ideal 0</span>`,
          cell: (name) => figureCell(truth.models[name]?.calibrationIntercept),
        },
        { head: html`Slope<span class="ideal">ideal 1</span>`, cell: (name) => figureCell(truth.models[name]?.calibrationSlope) },
        { head: 'Correlation of log odds', cell: (name) => decimal(truth.models[name]?.correlation) },
      ],
      rows: modelOrder(Object.keys(truth.models)),
      emphasis: (name) => name === 'forest',
    })}
    ${truth.intervals === undefined || truth.intervals === null ? '' : intervals(truth.intervals)}
    ${truth.explanations === null ? notComputed('explanations were not compared.') : explanations(truth.explanations)}
    <ul>
      ${truth.limits.map((limit) => html`<li>${limit}</li>`)}
    </ul>`;
}

function intervals(found: NonNullable<ReportTruth['intervals']>): Markup {
  const range = (low: number, high: number): string => `${percent(low)} to ${percent(high)}`;
  return html`<h3>Do the intervals of the risk hold?</h3>
    <p>
      Each risk comes with a 95 % interval for the average of discharges that score like it (Venn-Abers over resampled patients).
      In ${count(found.within)} of ${count(found.groups.length)} groups of rising risk the mean true risk lies within the mean
      interval, whose width is ${percent(found.meanWidth)} on average. Of single discharges the true risk does so for
      ${percent(found.shareWithin)}: what the features do not tell, no interval of a score can.
    </p>
    ${table({
      caption: 'Intervals of the risk against the true risk',
      columns: [
        { head: 'Group', text: true, cell: ({ number }) => `${number}` },
        { head: 'Discharges', cell: ({ n }) => count(n) },
        { head: 'Mean risk', cell: ({ meanRisk }) => percent(meanRisk) },
        { head: 'Mean interval', cell: ({ meanLow, meanHigh }) => range(meanLow, meanHigh) },
        { head: 'Mean true risk', cell: ({ meanOracle }) => percent(meanOracle) },
        {
          head: 'Within',
          text: true,
          cell: ({ meanLow, meanHigh, meanOracle }) => (meanOracle >= meanLow && meanOracle <= meanHigh ? 'yes' : 'no'),
        },
      ],
      rows: found.groups.map((group, i) => ({ ...group, number: i + 1 })),
    })}`;
}

function explanations(found: NonNullable<ReportTruth['explanations']>): Markup {
  const attribution = total(found.families.map((family) => family.attribution));
  const contribution = total(found.families.map((family) => family.contribution));
  const rows = found.families.map(({ family, attribution: a, contribution: c }) => ({
    label: family,
    model: share(a, attribution),
    truth: share(c, contribution),
  }));
  return html`<h3>Are the reasons the true ones?</h3>
    <p>
      Rank correlation over families of attribution and true contribution: ${withInterval(found.familySpearman)}. Of the
      covariates with an effect that the model reads, ${percent(found.signAgreement)} move the output in the true direction
      (${percent(found.weightedSignAgreement)} when each counts by the size of its effect). ${percent(found.noEffectShare)} of all
      attribution went to features without any
      effect.${found.unread.length === 0 ? '' : ` With an effect, but not read by the model: ${found.unread.join(', ')}.`}
    </p>
    ${figureBlock({
      title: 'Families: what the model attributes and what is true',
      svg: pairedSharesSvg(
        {
          id: 'fig-truth-families',
          title: 'Attribution and true contribution by family',
          description: rows
            .map(
              ({ label, model, truth }) => `${label}: ${percent(model)} of attribution, ${percent(truth)} of true contribution`,
            )
            .join('; '),
        },
        rows,
        'Share of the total over families',
      ),
      legend: legend([
        { label: 'attribution of the model', style: { colour: blue, dash: '', width: 0 }, marker: 'circle' },
        { label: 'true contribution', style: { colour: orange, dash: '', width: 0 }, marker: 'diamond', solid: true },
      ]),
      reading: html`For each family, its share of all mean |attribution| and of all mean |true contribution|. Where the two marks
      lie together the model rests on the family as much as the truth does. The two are on different scales (probability and log
      odds), so that only shares and order compare.`,
      numbers: html`<details>
        <summary>Numbers: families</summary>
        ${table({
          caption: 'Families',
          columns: [
            { head: 'Family', text: true, cell: ({ family }) => family },
            { head: 'Mean |attribution|', cell: (row) => compact(row.attribution) },
            { head: 'Mean |true contribution|, log odds', cell: (row) => compact(row.contribution) },
          ],
          rows: found.families,
        })}
      </details>`,
    })}
    <details>
      <summary>Covariates with an effect that the model reads (${found.covariates.length})</summary>
      ${table({
        caption: 'Covariates by falling true contribution; a correlation above 0 says that the direction is right',
        columns: [
          { head: 'Covariate', text: true, cell: ({ covariate }) => covariate },
          { head: 'Family', text: true, cell: ({ family }) => family },
          { head: 'Mean |attribution|', cell: (row) => compact(row.attribution) },
          { head: 'Mean |true contribution|', cell: (row) => compact(row.contribution) },
          { head: 'Correlation', cell: (row) => decimal(row.correlation) },
        ],
        rows: found.covariates,
      })}
    </details>`;
}

function total(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (isNumber(value) ? value : 0), 0);
}

function share(value: number | null, of: number): number {
  return isNumber(value) && of > 0 ? value / of : 0;
}
