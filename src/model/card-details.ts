/**
 * What the card tells beyond the fields: flow, incidence, mapping, features, forest, bands, validations.
 */
import { mappingChoices, mappingHash } from '../mapping/index.ts';
import { NOT_AVAILABLE } from './card-field.ts';
import { groupedSubgroups, type CardSources } from './card-sources.ts';
import { toldIncidence } from './incidence-days.ts';
import type { AttritionStep, EventIncidence, SubgroupResults, Validation } from './metrics.ts';
import type { ModelHeader } from './model-header.ts';
import { modelMapping } from './model-mapping.ts';
import { toldTraining, type ToldTraining } from './patient-hash.ts';

export interface CardDetails {
  readonly modelName: string;
  readonly codeVersion: string;
  readonly createdAt: string;
  readonly outcome: ModelHeader['outcome'];
  readonly trainingData: ToldTraining & { readonly baseRate: number };
  readonly cohort: ModelHeader['cohort'];
  readonly mapping: { readonly name: string; readonly hash: string; readonly choices: readonly string[] };
  readonly attrition: readonly AttritionStep[] | typeof NOT_AVAILABLE;
  readonly cumulativeIncidence: readonly EventIncidence[] | typeof NOT_AVAILABLE;
  readonly features: { readonly count: number; readonly hash: string; readonly byFamily: Readonly<Record<string, number>> };
  readonly forest: ModelHeader['forest'];
  readonly calibration: ModelHeader['calibration'];
  readonly folds: ModelHeader['folds'];
  readonly bands: ModelHeader['bands'];
  readonly validations: readonly Validation[] | typeof NOT_AVAILABLE;
  readonly subgroups: readonly SubgroupResults[] | typeof NOT_AVAILABLE;
}

export function cardDetails(sources: CardSources): CardDetails {
  const { header, metrics } = sources;
  const mapping = modelMapping(header);
  const training = toldTraining(header);
  return {
    modelName: header.name,
    codeVersion: header.codeVersion,
    createdAt: header.createdAt,
    outcome: header.outcome,
    trainingData: { ...training, transactionTime: training.transactionTime || NOT_AVAILABLE, baseRate: header.baseRate },
    cohort: header.cohort,
    mapping: { name: mapping.name, hash: mappingHash(mapping), choices: mappingChoices(mapping) },
    attrition: orNot(metrics.attrition),
    cumulativeIncidence: orNot(toldIncidence(metrics.cumulativeIncidence ?? [])),
    features: {
      count: header.features.length,
      hash: header.featureHash,
      byFamily: countBy(header.features.map((f) => f.family)),
    },
    forest: header.forest,
    calibration: header.calibration,
    folds: header.folds,
    bands: header.bands,
    validations: orNot(metrics.validations),
    subgroups: orNot(groupedSubgroups(sources)),
  };
}

function orNot<T>(list: readonly T[] | null | undefined): readonly T[] | typeof NOT_AVAILABLE {
  return list === null || list === undefined || list.length === 0 ? NOT_AVAILABLE : list;
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries(counts);
}
