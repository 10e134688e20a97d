/**
 * Entry of a scoring thread: a scorer with its own database over the forest that all threads share.
 */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { SharedForest } from '../../forest/index.ts';
import type { ModelFolder } from '../../model/index.ts';
import { createScorer, type Scorer } from '../../scoring/index.ts';
import { warmUp } from '../warm-up.ts';
import { answerCalls } from './thread-protocol.ts';

export interface ScoringWorkerData {
  readonly folder: ModelFolder;
  readonly forest: SharedForest | undefined;
  readonly featureFolders: readonly string[];
}

/** What a scoring thread can be asked. */
export type ScoringCalls = Pick<Scorer, 'scoreFeatures' | 'scoreBundle' | 'explainBundle' | 'lastInpatientEncounter'>;

await answerCalls(parentPort as MessagePort, async () => {
  const { folder, forest, featureFolders } = workerData as ScoringWorkerData;
  const scorer = await createScorer(folder, { featureFolders, forest });
  await warmUp(scorer);
  const { scoreFeatures, scoreBundle, explainBundle, lastInpatientEncounter } = scorer;
  return { scoreFeatures, scoreBundle, explainBundle, lastInpatientEncounter } satisfies ScoringCalls;
});
