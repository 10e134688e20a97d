/**
 * A forest prepared for scoring: the same bits as predictRow, many times faster.
 *
 * Method  values become codes once (./predictor-codes.ts), and walks go in step: in WebAssembly (./predictor-kernel.ts), or in TypeScript where there
 *         is none or for more than 2047 columns; beyond 65534 distinct thresholds of a column the plain walk is used
 */
import type { FlatForest } from './flat-forest.ts';
import { codeForest, type CodedForest } from './predictor-codes.ts';
import { createKernelOutputs } from './predictor-kernel.ts';
import { createCodedOutputs } from './predictor-reference.ts';
import { rowByRow, type RowOutputs } from './row-outputs.ts';
import { checkColumns, checkRowLength, predictRow } from './walk.ts';

export interface Predictor {
  /**
   * @param row  one value per column in the forest's order, NaN where missing
   * @returns    share in [0, 1], to the bit that of predictRow
   * @throws {ForestError} FOREST_ROW_INVALID when the row has another length
   */
  predict(row: Float64Array): number;
  /**
   * predict for many rows, to the bit.
   *
   * @param columns  featureCount arrays of at least `rows` values
   * @returns        share in [0, 1] per row
   * @throws {ForestError} FOREST_ROW_INVALID when the number of columns differs or a column is too short
   */
  predictColumns(columns: readonly Float64Array[], rows: number): Float64Array;
}

/**
 * Linear in the nodes, about 16 bytes each. Not for two threads at once: it owns scratch memory. See ./shared-forest.ts for several.
 *
 * @param forest  trained here or checked (./check.ts); not changed
 */
export function createPredictor(forest: FlatForest): Predictor {
  return predictorFrom(forest, (coded) => createKernelOutputs(coded) ?? createCodedOutputs(coded));
}

/** createPredictor in TypeScript alone: the same bits. */
export function createReferencePredictor(forest: FlatForest): Predictor {
  return predictorFrom(forest, createCodedOutputs);
}

function predictorFrom(forest: FlatForest, outputsOf: (coded: CodedForest) => RowOutputs): Predictor {
  const coded = codeForest(forest);
  return predictorOf(forest.featureCount, coded === undefined ? rowByRow((row) => predictRow(forest, row)) : outputsOf(coded));
}

/** Checks what is asked. */
export function predictorOf(featureCount: number, outputs: RowOutputs): Predictor {
  return {
    predict(row) {
      checkRowLength(featureCount, row.length);
      return outputs.one(row);
    },
    predictColumns(columns, rows) {
      checkColumns(featureCount, columns, rows);
      return outputs.many(columns, rows);
    },
  };
}
