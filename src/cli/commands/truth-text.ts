/**
 * A model beside the known truth, as tables for people.
 */
import type { TruthEvaluation } from '../../training/index.ts';
import { tableText } from '../terminal.ts';
import { figure } from './train.ts';

/** Covariates shown; the rest are in the JSON. */
const shown = 15;

export function truthText(truth: TruthEvaluation): string {
  const { explanations, permutedAuroc } = truth;
  const disagreements =
    truth.labelDisagreements === 0
      ? ''
      : `\nwarning: ${truth.labelDisagreements} labels are not the drawn ${truth.event}, which is what the oracle foretells; ` +
        `the label is: ${truth.outcome}`;
  return [
    `truth: ${truth.discharges} discharges with a known probability, ${truth.event} drawn for ${truth.events} of them, mean oracle risk ${percent(truth.meanOracleRisk)}; ` +
      `oracle AUROC ${figure(truth.oracleAuroc)}${disagreements}`,
    tableText(
      ['model', 'AUROC', 'share of oracle', '|risk - oracle|', 'intercept', 'slope', 'correlation'],
      Object.entries(truth.models).map(([name, model]) => [
        name,
        figure(model.auroc),
        figure(model.share),
        figure(model.meanAbsoluteError),
        figure(model.calibrationIntercept),
        figure(model.calibrationSlope),
        number(model.correlation),
      ]),
    ),
    "share: of the oracle's distance from 0.5; intercept and slope: of the oracle's log odds on the model's, ideal 0 and 1",
    tableText(
      ['groups by forest risk', 'discharges', 'mean risk', 'mean interval', 'mean oracle risk', 'observed'],
      (truth.models['forest']?.groups ?? []).map((group, g) => [
        String(g + 1),
        String(group.n),
        percent(group.meanRisk),
        intervalOf(truth.intervals?.groups[g]),
        percent(group.meanOracle),
        percent(group.observed),
      ]),
    ),
    ...(truth.intervals === null
      ? []
      : [
          `intervals: in ${truth.intervals.within} of ${truth.intervals.groups.length} tenths the mean oracle risk lies within the mean interval, ` +
            `whose width is ${percent(truth.intervals.meanWidth)} on average; of single discharges the oracle's risk does so for ${percent(truth.intervals.shareWithin)}`,
        ]),
    `explanations: ${explanations.rows} discharges; families in the order of the truth, rank correlation ${figure(explanations.familySpearman)}`,
    tableText(
      ['family', 'mean |attribution|', 'mean |true contribution|'],
      explanations.families.map(({ family, attribution, contribution }) => [
        family,
        number(attribution, 4),
        number(contribution),
      ]),
    ),
    tableText(
      ['covariate with an effect', 'family', 'mean |attribution|', 'mean |true contribution|', 'correlation'],
      explanations.covariates
        .slice(0, shown)
        .map((c) => [c.covariate, c.family, number(c.attribution, 4), number(c.contribution), number(c.correlation)]),
    ),
    [
      `direction right for ${percent(explanations.signAgreement)} of ${explanations.covariates.length} covariates with an effect (${percent(explanations.weightedSignAgreement)} by their size)`,
      `${percent(explanations.noEffectShare)} of the attribution goes to features without an effect`,
      ...(explanations.unread.length === 0 ? [] : [`not among the model's features: ${explanations.unread.join(', ')}`]),
      ...(permutedAuroc === null ? [] : [`trained on labels dealt out by chance: AUROC ${figure(permutedAuroc)}`]),
    ].join('\n'),
    `limits\n${truth.limits.map((line) => `- ${line}`).join('\n')}`,
  ].join('\n\n');
}

function intervalOf(group: NonNullable<TruthEvaluation['intervals']>['groups'][number] | undefined): string {
  return group === undefined ? '–' : `${percent(group.meanLow)} to ${percent(group.meanHigh)}`;
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '–';
}

function number(value: number, digits = 3): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}
