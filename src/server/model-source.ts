/**
 * The model that answers now. A request takes it once and keeps it to its end, so that no answer mixes two models.
 */
import type { ModelFolder } from '../model/index.ts';
import type { BundleRequest, Explanation, FeaturesRequest, Questions, ScoreAnswer, Scorer } from '../scoring/index.ts';
import { DriftWindow } from './drift/drift-window.ts';
import { watchedEngine } from './drift/watched-engine.ts';
import { describeModel, type ModelDescription } from './model-description.ts';
import type { CallOptions } from './scoring-pool/thread-pool.ts';

/** What the server asks of a scorer; one in this thread and one behind a pool of threads both fit. */
export interface ScoreEngine extends Pick<Scorer, 'model' | 'modelSha256' | 'features' | 'definition' | 'mapping'> {
  scoreFeatures(request: FeaturesRequest, call?: CallOptions): ScoreAnswer | Promise<ScoreAnswer>;
  scoreBundle(request: BundleRequest, call?: CallOptions): Promise<ScoreAnswer>;
  explainBundle(request: BundleRequest, questions?: Questions, call?: CallOptions): Promise<Explanation>;
  lastInpatientEncounter(
    request: Pick<BundleRequest, 'bundle' | 'asOf'>,
    call?: CallOptions,
  ): string | null | Promise<string | null>;
}

export interface ServedModel {
  readonly scorer: ScoreEngine;
  readonly description: ModelDescription;
  readonly metrics: ModelFolder['metrics'];
  readonly card: ModelFolder['card'];
  /** The report beside the model, HTML in UTF-8; null where there is none. */
  readonly report: () => Promise<Uint8Array | null>;
  /** Its last answers against its training rows. */
  readonly drift: DriftWindow;
  /** Features that may be named in a message. */
  readonly featureNames: ReadonlySet<string>;
  /** How an audit entry and a metric name it. */
  readonly id: { readonly name: string; readonly sha256: string };
}

export interface ModelSource {
  current(): ServedModel;
}

/** @param report  of the model; none by default */
export function servedModel(
  scorer: ScoreEngine,
  folder: Pick<ModelFolder, 'metrics' | 'card'>,
  report: ServedModel['report'] = () => Promise.resolve(null),
): ServedModel {
  const drift = new DriftWindow(
    scorer.features.features.map(({ name }) => name),
    folder.metrics['references'],
  );
  return {
    scorer: watchedEngine(scorer, (answer) => drift.add(answer)),
    drift,
    description: describeModel(scorer, folder.metrics),
    metrics: folder.metrics,
    card: folder.card,
    report,
    featureNames: new Set(scorer.features.features.map((feature) => feature.name)),
    id: { name: scorer.model.header.name, sha256: scorer.modelSha256 },
  };
}
