/**
 * The model that answers now. A request takes it once and keeps it to its end, so that no answer mixes two models.
 */
import type { ModelFolder } from '../model/index.ts';
import type { ScoreAnswer, Scorer, FeaturesRequest } from '../scoring/index.ts';
import { describeModel, type ModelDescription } from './model-description.ts';

/** What the server asks of a scorer; one in this thread and one behind a pool of workers both fit. */
export type ScoreEngine = Pick<
  Scorer,
  'model' | 'modelSha256' | 'features' | 'definition' | 'mapping' | 'scoreBundle' | 'explainBundle' | 'lastInpatientEncounter'
> & { scoreFeatures(request: FeaturesRequest): ScoreAnswer | Promise<ScoreAnswer> };

export interface ServedModel {
  readonly scorer: ScoreEngine;
  readonly description: ModelDescription;
  readonly metrics: ModelFolder['metrics'];
  readonly card: ModelFolder['card'];
  /** Features that may be named in a message. */
  readonly featureNames: ReadonlySet<string>;
  /** How an audit entry and a metric name it. */
  readonly id: { readonly name: string; readonly sha256: string };
}

export interface ModelSource {
  current(): ServedModel;
}

export function servedModel(scorer: ScoreEngine, folder: Pick<ModelFolder, 'metrics' | 'card'>): ServedModel {
  return {
    scorer,
    description: describeModel(scorer, folder.metrics),
    metrics: folder.metrics,
    card: folder.card,
    featureNames: new Set(scorer.features.features.map((feature) => feature.name)),
    id: { name: scorer.model.header.name, sha256: scorer.modelSha256 },
  };
}
