/**
 * Predictions over codes in plain TypeScript, four trees in step: what stands in for the kernel where there is no WebAssembly.
 */
import { largestCode, type CodedForest } from './predictor-codes.ts';
import { rowByRow, type RowOutputs } from './row-outputs.ts';

const together = 4;

/** Owns scratch memory. */
export function createCodedOutputs(coded: CodedForest): RowOutputs {
  const codes = new Int32Array(2 * coded.featureCount);
  return rowByRow((row) => {
    encode(coded.thresholds, coded.thresholdStart, row, codes);
    return sumLeaves(coded, codes) / coded.roots.length;
  });
}

function encode(thresholds: Float64Array, thresholdStart: Int32Array, row: Float64Array, codes: Int32Array): void {
  for (let f = 0; f < row.length; f++) {
    const x = row[f]!;
    if (x !== x) {
      codes[2 * f] = 0;
      codes[2 * f + 1] = largestCode;
      continue;
    }
    const start = thresholdStart[f]!;
    let low = start;
    let high = thresholdStart[f + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (thresholds[middle]! < x) low = middle + 1;
      else high = middle;
    }
    codes[2 * f] = codes[2 * f + 1] = low - start;
  }
}

/** Added in the order of the trees, as predictRow does. */
function sumLeaves({ nodes, values, roots, depths }: CodedForest, codes: Int32Array): number {
  let sum = 0;
  let tree = 0;
  for (; tree + together <= roots.length; tree += together) {
    const depth = Math.max(depths[tree]!, depths[tree + 1]!, depths[tree + 2]!, depths[tree + 3]!);
    let a = roots[tree]!;
    let b = roots[tree + 1]!;
    let c = roots[tree + 2]!;
    let d = roots[tree + 3]!;
    for (let level = 0; level < depth; level++) {
      a = child(nodes, codes, a);
      b = child(nodes, codes, b);
      c = child(nodes, codes, c);
      d = child(nodes, codes, d);
    }
    sum += values[a]!;
    sum += values[b]!;
    sum += values[c]!;
    sum += values[d]!;
  }
  for (; tree < roots.length; tree++) {
    let node = roots[tree]!;
    for (let level = 0; level < depths[tree]!; level++) node = child(nodes, codes, node);
    sum += values[node]!;
  }
  return sum;
}

/** The sign bit of cut - code is 1 exactly when the code is above the cut: one step right of the left child. */
function child(nodes: Int32Array, codes: Int32Array, node: number): number {
  const test = nodes[2 * node]!;
  return nodes[2 * node + 1]! + (((test & 65535) - codes[test >>> 16]!) >>> 31);
}
