/**
 * The composition of an answer: output and attributions, reasons in words, what was missing or out of the training range.
 *
 * In      a model with its predictor and explainer, the values of one discharge, the resources behind chosen features
 * Out     the part of the answer that is the same for features and for a Bundle
 */
import { ScoringError } from '../errors.ts';
import type { Feature, FeatureSet } from '../features/index.ts';
import type { Explainer, Predictor } from '../forest/index.ts';
import { applyCalibration, riskIntervalAt, type RiskModel } from '../model/index.ts';
import type { Attributed, Reason, ScoreAnswer } from './answer.ts';
import type { Evidence } from './evidence.ts';
import { featureWords } from './words.ts';

/** How many reasons an answer gives in words, unless more are asked for. */
export const reasonCount = 5;

export interface Engine {
  readonly model: RiskModel;
  readonly modelSha256: string;
  readonly set: FeatureSet;
  readonly predictor: Predictor;
  readonly explainer: Explainer;
  readonly baseValue: number;
}

export interface Explained {
  readonly output: number;
  readonly baseValue: number;
  /** null where no explanation was asked for. */
  readonly attributions: Float64Array | null;
}

export function explain(engine: Engine, values: Float64Array, wanted: boolean): Explained {
  if (!wanted) return { output: engine.predictor.predict(values), baseValue: engine.baseValue, attributions: null };
  // The explainer itself throws where base value and attributions do not add up to the output.
  const { output, baseValue, values: attributions } = engine.explainer.explain(values);
  return { output, baseValue, attributions };
}

/** Columns of the largest attributions, largest first. @param most  Infinity for every one that is not zero */
export function topReasons({ attributions }: Explained, most: number): number[] {
  if (attributions === null) return [];
  return [...attributions.keys()]
    .filter((c) => attributions[c] !== 0)
    .sort((a, b) => Math.abs(attributions[b] as number) - Math.abs(attributions[a] as number) || a - b)
    .slice(0, most);
}

/** @param told  columns that are told as reasons, see topReasons */
export function answerBase(
  engine: Engine,
  values: Float64Array,
  notCovered: string[],
  explained: Explained,
  told: readonly number[],
  resourcesOf: (feature: string) => string[],
): Omit<ScoreAnswer, 'encounter' | 'stay' | 'asOf' | 'coverage' | 'notes'> {
  const { header } = engine.model;
  const { features } = engine.set;
  const risk = applyCalibration(header.calibration, explained.output);
  if (!(risk >= 0 && risk <= 1)) throw new ScoringError('SCORING_NOT_A_NUMBER', 'expected a risk in [0, 1]; no answer is given');
  const band = header.bands.findLast((b) => risk >= b.from) as (typeof header.bands)[number];
  const { attributions } = explained;
  const covered = new Set(notCovered);
  return {
    risk,
    interval: header.riskIntervals === undefined ? null : riskIntervalAt(header.riskIntervals, explained.output),
    band: band.name,
    bandFrom: band.from,
    bandMeaning: band.meaning,
    baseRate: header.baseRate,
    horizonDays: header.outcome.horizonDays,
    outcome: header.outcome.description,
    forestOutput: explained.output,
    baseValue: explained.baseValue,
    attributions:
      attributions === null
        ? []
        : features.map((feature, c): Attributed => ({
            feature: feature.name,
            value: orNull(values[c] as number),
            unit: feature.unit,
            attribution: attributions[c] as number,
          })),
    reasons: told.map((c): Reason => {
      const feature = features[c] as Feature;
      const attribution = (attributions as Float64Array)[c] as number;
      return {
        feature: feature.name,
        words: covered.has(feature.name)
          ? `${feature.name.replaceAll('_', ' ')} not covered by the records given`
          : featureWords(feature, values[c] as number),
        direction: attribution > 0 ? 'raises' : 'lowers',
        attribution,
        resources: resourcesOf(feature.name),
      };
    }),
    missing: features
      .filter((feature, c) => Number.isNaN(values[c]) && !covered.has(feature.name))
      .map((feature) => feature.name),
    notCovered,
    outOfTrainingRange: features
      .filter((_, c) => {
        const { min, max } = header.features[c] as (typeof header.features)[number];
        const value = values[c] as number;
        return !Number.isNaN(value) && (min === null || max === null || value < min || value > max);
      })
      .map((feature) => feature.name),
    model: {
      name: header.name,
      sha256: engine.modelSha256,
      codeVersion: header.codeVersion,
      synthetic: header.training.synthetic,
    },
    caution: cautionOf(header),
  };
}

/** What stands beside every number. */
export function cautionOf({ training }: Pick<RiskModel['header'], 'training'>): string {
  return training.synthetic
    ? 'Trained on synthetic records: not for patient care. The number informs, it does not decide.'
    : 'The number informs, it does not decide; see the model card for where it was and was not tested.';
}

export function groupEvidence(evidence: readonly Evidence[]): Map<string, string[]> {
  const byFeature = new Map<string, string[]>();
  for (const { feature, resource } of evidence) {
    const list = byFeature.get(feature);
    if (list === undefined) byFeature.set(feature, [resource]);
    else list.push(resource);
  }
  return byFeature;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
