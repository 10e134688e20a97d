/**
 * A risk model: a forest and the header that says what it was trained on and how its output is to be read.
 */
import { ModelError } from '../errors.ts';
import type { FlatForest } from '../forest/flat-forest.ts';
import type { BandCut } from './bands.ts';
import type { ModelHeader } from './model-header.ts';

export interface RiskModel {
  readonly header: ModelHeader;
  readonly forest: FlatForest;
}

/**
 * Refuses a model whose features are not those this build makes, in the same order and with the same definitions.
 *
 * @param names  feature names of this build, in order
 * @param hash   SHA-256 of this build's feature schema
 * @throws {ModelError} MODEL_SCHEMA_MISMATCH naming the first difference
 */
export function requireFeatureSchema(model: Pick<RiskModel, 'header'>, names: readonly string[], hash: string): void {
  const { features, featureHash, codeVersion } = model.header;
  const first = firstDifference(
    features.map((f) => f.name),
    names,
  );
  if (first === undefined && featureHash === hash) return;
  const difference =
    first === undefined
      ? 'the names agree, a definition differs'
      : `first difference at column ${first}: model "${features[first]?.name ?? 'none'}", this build "${names[first] ?? 'none'}"`;
  throw new ModelError(
    'MODEL_SCHEMA_MISMATCH',
    `model expects ${features.length} features (hash ${featureHash.slice(0, 8)}), this build makes ${names.length} ` +
      `(hash ${hash.slice(0, 8)}); ${difference}; retrain or use release ${codeVersion}`,
    { details: { modelHash: featureHash, buildHash: hash, column: first ?? null } },
  );
}

/**
 * Name of the band a calibrated risk falls into: the last whose `from` is not above it.
 *
 * @throws {ModelError} MODEL_RISK_RANGE when the risk is not in [0, 1]
 */
export function bandOf(header: { readonly bands: readonly BandCut[] }, risk: number): string {
  if (!(risk >= 0 && risk <= 1)) throw new ModelError('MODEL_RISK_RANGE', `expected a risk in [0, 1], found ${risk}`);
  return header.bands.findLast((band) => risk >= band.from)!.name;
}

function firstDifference(a: readonly string[], b: readonly string[]): number | undefined {
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (a[i] !== b[i]) return i;
  return undefined;
}
