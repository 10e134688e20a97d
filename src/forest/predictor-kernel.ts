/**
 * Predictions in WebAssembly (assembly/scorer-prediction.ts): the prepared forest in one memory, with room for a row and for a block of rows.
 *
 * Shared  the memory may be one that threads share: thresholds, nodes and values are written once and then only read; each thread that
 *         attaches grows the memory by room of its own and writes nowhere else
 * Limits  2047 columns; the codes of a column take 32 bytes, and a node has 16 bits to say where they are
 */
import { largestCode, type CodedForest } from './predictor-codes.ts';
import type { RowOutputs } from './row-outputs.ts';
import { allot, instantiateScorer, type ScorerInstance } from './scorer-module.ts';
import type { WasmMemory } from './webassembly.ts';

const mostColumns = 2047;
/** Rows of a block, a multiple of 8: their codes and the nodes of a tree stay in the cache together. */
const blockRows = 128;
const eights = blockRows / 8;

/** Where a prepared forest lies in its memory, in bytes. Plain numbers, so that another thread can be told. */
export interface PredictorLayout {
  readonly featureCount: number;
  readonly trees: number;
  readonly borders: number;
  readonly roots: number;
  /** From a node to its value. */
  readonly valueShift: number;
}

/** @returns undefined for more columns than a node can name. @throws {RangeError} when there is not enough memory */
export function layOutPredictor(coded: CodedForest, memory: WasmMemory): PredictorLayout | undefined {
  const { featureCount, thresholds, thresholdStart, nodes, values, roots } = coded;
  if (featureCount > mostColumns) return undefined;
  const [thresholdsAt = 0, borders = 0, rootsAt = 0, nodesAt = 0, valuesAt = 0] = allot(memory, [
    8 * thresholds.length,
    4 * (featureCount + 1),
    4 * roots.length,
    8 * values.length,
    8 * values.length,
  ]);
  const { buffer } = memory;
  new Float64Array(buffer).set(thresholds, thresholdsAt / 8);
  new Float64Array(buffer).set(values, valuesAt / 8);
  const words = new Uint32Array(buffer);
  words.set(
    thresholdStart.map((start) => thresholdsAt + 8 * start),
    borders / 4,
  );
  words.set(
    roots.map((root) => nodesAt + 8 * root),
    rootsAt / 4,
  );
  for (let node = 0, at = nodesAt / 4; node < values.length; node++, at += 2) {
    const test = nodes[2 * node]!;
    words[at] = ((test & largestCode) << 16) | (16 * (test >>> 16));
    words[at + 1] = nodesAt + 8 * nodes[2 * node + 1]!;
  }
  return { featureCount, trees: roots.length, borders, roots: rootsAt, valueShift: valuesAt - nodesAt };
}

/** @returns undefined where WebAssembly or enough memory cannot be had, or for more than 2047 columns */
export function createKernelOutputs(coded: CodedForest): RowOutputs | undefined {
  const scorer = instantiateScorer();
  if (scorer === undefined) return undefined;
  try {
    const layout = layOutPredictor(coded, scorer.memory);
    return layout === undefined ? undefined : attachKernelOutputs(scorer, layout);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** @throws {RangeError} when there is not enough memory */
export function attachKernelOutputs({ memory, exports }: ScorerInstance, layout: PredictorLayout): RowOutputs {
  const { featureCount: p, trees, borders, roots, valueShift } = layout;
  const group = 32 * p;
  const [valuesAt = 0, sumsAt = 0, codes = 0] = allot(memory, [8 * Math.max(p, blockRows), 8 * blockRows, eights * group]);
  const values = new Float64Array(memory.buffer, valuesAt, Math.max(p, blockRows));
  const sums = new Float64Array(memory.buffer, sumsAt, blockRows);
  const starts = new Uint32Array(memory.buffer, borders, p + 1);
  return {
    one(row) {
      for (let f = 0; f < p; f++) values[f] = row[f]!;
      exports.encodeRow(valuesAt, p, borders, codes);
      return exports.predictRow(roots, trees, codes, valueShift) / trees;
    },
    many(columns, rows) {
      const result = new Float64Array(rows);
      for (let from = 0; from < rows; from += blockRows) {
        const count = Math.min(blockRows, rows - from);
        columns.forEach((column, f) => {
          for (let row = 0; row < count; row++) values[row] = column[from + row]!;
          exports.encode(valuesAt, count, starts[f]!, starts[f + 1]!, codes + 32 * f, group);
        });
        sums.fill(0);
        exports.predictRows(roots, trees, codes, Math.ceil(count / 8), group, sumsAt, valueShift);
        for (let row = 0; row < count; row++) result[from + row] = sums[row]! / trees;
      }
      return result;
    },
  };
}
