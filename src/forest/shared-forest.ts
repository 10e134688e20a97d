/**
 * A forest in memory that threads share: prepared once, read by all, copied by none.
 *
 * Shared   thresholds, nodes and leaf values for prediction, nodes with shares for explanation: written before anyone else sees the memory and
 *          never after. About 16 bytes a node and 40 a split
 * Apart    each thread that attaches has regions of its own in the same memory for its row and its sums (some 100 kB), which it keeps until the
 *          memory goes; so a thread attaches once, and not once per request
 * Limits   2047 columns, 65534 distinct thresholds of a column; needs WebAssembly with shared memory, which browsers give to pages that are isolated
 *          from others (COOP and COEP)
 */
import { ForestError } from '../errors.ts';
import { attachKernelSums } from './attribution-kernel.ts';
import { layOutAttributions, type AttributionLayout } from './attribution-layout.ts';
import { explainerOf, type Explainer } from './attribution.ts';
import type { FlatForest } from './flat-forest.ts';
import { pathWeights } from './path-weights.ts';
import { codeForest } from './predictor-codes.ts';
import { attachKernelOutputs, layOutPredictor, type PredictorLayout } from './predictor-kernel.ts';
import { predictorOf, type Predictor } from './predictor.ts';
import { instantiateSharedScorer } from './scorer-module.ts';
import type { WasmMemory } from './webassembly.ts';

/** May be sent to a worker thread as it is: as workerData or in a message. */
export interface SharedForest {
  readonly memory: WasmMemory;
  readonly baseValue: number;
  readonly predictor: PredictorLayout;
  readonly attributions: AttributionLayout;
}

/**
 * @param forest  trained here or checked (./check.ts); not kept
 * @throws {ForestError} FOREST_NOT_SHAREABLE beyond the limits, or where there is no memory to share
 */
export function shareForest(forest: FlatForest): SharedForest {
  const coded = codeForest(forest);
  const scorer = instantiateSharedScorer();
  if (coded === undefined || scorer === undefined) throw notShareable(forest.featureCount);
  const weights = pathWeights(forest);
  try {
    const predictor = layOutPredictor(coded, scorer.memory);
    if (predictor === undefined) throw notShareable(forest.featureCount);
    const attributions = layOutAttributions(forest, weights, scorer.memory);
    return { memory: scorer.memory, baseValue: weights.baseValue, predictor, attributions };
  } catch (error) {
    throw error instanceof RangeError ? notShareable(forest.featureCount, error) : error;
  }
}

/**
 * Once per thread; the same answers in all, to the bit.
 *
 * @throws {ForestError} FOREST_NOT_SHAREABLE where this thread cannot attach
 */
export function attachForest({ memory, baseValue, predictor, attributions }: SharedForest): Predictor & Explainer {
  const scorer = instantiateSharedScorer(memory);
  if (scorer === undefined) throw notShareable(predictor.featureCount);
  try {
    const outputs = predictorOf(predictor.featureCount, attachKernelOutputs(scorer, predictor));
    const explained = { trees: predictor.trees, baseValue, output: outputs.predict };
    return { ...outputs, ...explainerOf(explained, attachKernelSums(scorer, attributions)) };
  } catch (error) {
    throw error instanceof RangeError ? notShareable(predictor.featureCount, error) : error;
  }
}

function notShareable(columns: number, cause?: unknown): ForestError {
  return new ForestError(
    'FOREST_NOT_SHAREABLE',
    `expected shared WebAssembly memory and at most 2047 columns with 65534 thresholds each, found ${columns} columns or no such memory; ` +
      'use createPredictor and createExplainer in each thread',
    { details: { columns }, cause },
  );
}
