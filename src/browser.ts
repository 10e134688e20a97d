/**
 * A model in a browser: the bytes of model.bin and feature values in, an answer out. Nothing leaves the page.
 *
 * Out     the numbers that the server gives for the same features, under the same names, to the bit (but for the last bit of a risk where a
 *         browser's exp and log are not Node's); reasons in words, evidence and records need the server
 * Needs   globalThis.crypto.subtle, which browsers give to https and localhost, and Node from 20 on. WebAssembly is used where it is
 * Choice  no part of this imports anything of Node: a bundler needs no settings
 */
import { ModelError, ScoringError } from './errors.ts';
import { createExplainer } from './forest/attribution.ts';
import { prepareScorer } from './forest/scorer-module.ts';
import { applyCalibration } from './model/calibration-map.ts';
import type { ModelHeader } from './model/model-header.ts';
import { checkedParts, checksumError, readModel } from './model/model-reading.ts';
import { riskIntervalAt, type RiskInterval } from './model/risk-interval.ts';
import { bandOf } from './model/risk-model.ts';

export { ForestError, ModelError, ReadmissionError, ScoringError } from './errors.ts';
export type { ModelHeader } from './model/model-header.ts';
export type { RiskInterval } from './model/risk-interval.ts';

/** Per feature of the model; null, or no entry, where the value is missing. */
export type FeatureValues = Readonly<Record<string, number | null>>;

export interface BrowserAnswer {
  /** Calibrated probability of the outcome, in (0, 1). */
  readonly risk: number;
  /** null where the model has none. */
  readonly interval: RiskInterval | null;
  readonly band: string;
  /** Share in [0, 1]; baseValue plus all attributions. */
  readonly forestOutput: number;
  readonly baseValue: number;
  /** In the order of the model's features. */
  readonly attributions: readonly {
    readonly feature: string;
    readonly value: number | null;
    readonly unit: string;
    /** Share of forestOutput that this feature moved, up or down. */
    readonly attribution: number;
  }[];
  readonly missing: readonly string[];
  readonly outOfTrainingRange: readonly string[];
}

export interface BrowserModel {
  /** What the model says about itself: features, outcome, bands, and whether it was trained on synthetic records. */
  readonly header: ModelHeader;
  /** SHA-256 of the bytes, lower-case hex. */
  readonly sha256: string;
  /**
   * @throws {ScoringError} SCORING_FEATURE_UNKNOWN for a name the model does not read; SCORING_FEATURES_EMPTY when no value is given;
   *         SCORING_REQUEST_INVALID for a value that is no finite number
   */
  score(features: FeatureValues): BrowserAnswer;
  /**
   * What pairs of features move together: symmetric, in the order of the model's features, each row adding up to its feature's attribution.
   *
   * @throws {ScoringError} as score
   */
  interactions(features: FeatureValues): readonly Float64Array[];
}

/**
 * @param bytes  a whole model.bin; not kept
 * @throws {ModelError} MODEL_CORRUPT, MODEL_VERSION, MODEL_HEADER or MODEL_STRUCTURE, as where a model is read from disk; MODEL_UNCHECKED where
 *         the page cannot compute a checksum
 */
export async function openModel(bytes: Uint8Array): Promise<BrowserModel> {
  const parts = checkedParts(bytes);
  if (parts === undefined) throw checksumError();
  const [found, sha256] = await Promise.all([digest(parts.content), digest(bytes)]);
  if (found !== hex(parts.checksum)) throw checksumError();
  const { header, forest } = readModel(bytes);
  await prepareScorer();
  const explainer = createExplainer(forest);
  const rowOf = (features: FeatureValues): Float64Array => readRow(header, features);
  return {
    header,
    sha256,
    score: (features) => {
      const row = rowOf(features);
      const { output, baseValue, values } = explainer.explain(row);
      const risk = applyCalibration(header.calibration, output);
      return {
        risk,
        interval: header.riskIntervals === undefined ? null : riskIntervalAt(header.riskIntervals, output),
        band: bandOf(header, risk),
        forestOutput: output,
        baseValue,
        attributions: header.features.map(({ name, unit }, f) => ({
          feature: name,
          value: Number.isNaN(row[f]) ? null : row[f]!,
          unit,
          attribution: values[f]!,
        })),
        missing: header.features.filter((_, f) => Number.isNaN(row[f])).map(({ name }) => name),
        outOfTrainingRange: header.features.filter((feature, f) => isOutside(feature, row[f]!)).map(({ name }) => name),
      };
    },
    interactions: (features) => {
      const { values } = explainer.interactions(rowOf(features));
      const p = header.features.length;
      return header.features.map((_, f) => values.slice(f * p, (f + 1) * p));
    },
  };
}

function readRow(header: ModelHeader, features: FeatureValues): Float64Array {
  const given = new Map(Object.entries(features));
  const row = Float64Array.from(header.features, ({ name }) => {
    const value = given.get(name) ?? null;
    given.delete(name);
    if (value === null) return NaN;
    if (!Number.isFinite(value)) {
      throw new ScoringError('SCORING_REQUEST_INVALID', `${name}: expected a finite number or null; leave out what is not known`);
    }
    return value;
  });
  if (given.size > 0) {
    throw new ScoringError(
      'SCORING_FEATURE_UNKNOWN',
      `expected features of the model, found ${given.size} that it does not read; header.features lists them`,
      { details: { unknown: given.size } },
    );
  }
  if (row.every(Number.isNaN)) {
    throw new ScoringError('SCORING_FEATURES_EMPTY', 'expected at least one feature with a value, found none');
  }
  return row;
}

/** False where missing. */
function isOutside({ min, max }: ModelHeader['features'][number], value: number): boolean {
  return !Number.isNaN(value) && (min === null || max === null || value < min || value > max);
}

async function digest(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new ModelError(
      'MODEL_UNCHECKED',
      'expected a page that can compute SHA-256, found one without crypto.subtle; serve it by https or from localhost',
    );
  }
  return hex(new Uint8Array(await subtle.digest('SHA-256', Uint8Array.from(bytes))));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
