/**
 * Counting: how many rows, how much weight and how much of it with the event lie in each bin of a column, among the rows of a node.
 *
 * In      a node of the sample (./sample.ts) and up to eight columns
 * Out     per column the occupied cells in order of their bins, the missing cell last
 * Choice  four columns are counted in one pass over the rows, so a row's number and mass are read once for all; a spare place in a
 *         pass counts a column again and is thrown away. One addition counts rows, weight and event weight (./row-mass.ts)
 */
import { packedPositive, packedRows, packedWeight } from './row-mass.ts';

/** The rows of a sample, in the order of its nodes, and the bins they refer to. */
export interface CountedRows {
  readonly rows: Int32Array;
  /** Per entry of `rows` its packed mass, or its weight. */
  readonly mass: Float64Array;
  /** How many packed masses can be summed; 0 says that masses are weights. */
  readonly stretch: number;
  /** Column-major: the bin of row r in column f is at f * height + r. */
  readonly bins: Uint8Array;
  readonly height: number;
}

/** Most columns counted together; one pass takes four. */
export const batchSize = 8;
const passSize = 4;
const slotCells = 256;

/** Scratch memory of one thread. */
export class CellCounts {
  /** What was taken up last: bins of the occupied cells, increasing. */
  readonly cell = new Int32Array(slotCells);
  /** Distinct rows, weight and weight with the event of each of these. */
  readonly rows = new Float64Array(slotCells);
  readonly weight = new Float64Array(slotCells);
  readonly positive = new Float64Array(slotCells);
  occupied = 0;
  private readonly packed = new Float64Array(batchSize * slotCells);
  private readonly sums = new Float64Array(slotCells);
  private readonly wide = {
    rows: new Float64Array(slotCells),
    weight: new Float64Array(slotCells),
    positive: new Float64Array(slotCells),
  };
  private readonly offsets = new Int32Array(passSize);

  /**
   * Counts the columns features[from .. from + count), count in 1..batchSize. take() them all before the next call.
   */
  countBatch(sample: CountedRows, start: number, end: number, features: Int32Array, from: number, count: number): void {
    const { packed, offsets } = this;
    const { rows, mass, bins, height } = sample;
    if (count === 1) {
      addColumn(packed, bins, features[from]! * height, rows, mass, start, end);
      return;
    }
    for (let slot = 0; slot < count; slot += passSize) {
      for (let i = 0; i < passSize; i++) offsets[i] = features[from + (slot + i < count ? slot + i : slot)]! * height;
      addColumns(packed, slot * slotCells, bins, offsets, rows, mass, start, end);
    }
    packed.fill(0, count * slotCells);
  }

  /** Takes up the column in this slot of the last batch. @param cells  its bins and the missing one */
  take(slot: number, cells: number): void {
    this.occupied = takeOccupied(this.packed, slot * slotCells, cells, this.cell, this.sums);
    unpack(this.sums, this.occupied, this.rows, this.weight, this.positive);
  }

  /** Counts and takes up one column of a node where a sum of packed masses could overflow, or masses are weights. */
  takeWide(sample: CountedRows, start: number, end: number, feature: number, cells: number, outcome: Uint8Array): void {
    const { wide, cell, packed } = this;
    const { rows, mass, stretch, bins, height } = sample;
    const offset = feature * height;
    if (stretch === 0) addWeights(wide.rows, wide.weight, wide.positive, bins, offset, rows, mass, start, end, outcome);
    for (let from = start; stretch > 0 && from < end; from += stretch) {
      addColumn(packed, bins, offset, rows, mass, from, Math.min(from + stretch, end));
      this.take(0, cells);
      for (let k = 0; k < this.occupied; k++) {
        wide.rows[cell[k]!]! += this.rows[k]!;
        wide.weight[cell[k]!]! += this.weight[k]!;
        wide.positive[cell[k]!]! += this.positive[k]!;
      }
    }
    this.occupied = takeOccupied(wide.rows, 0, cells, cell, this.rows);
    for (let k = 0; k < this.occupied; k++) {
      this.weight[k] = wide.weight[cell[k]!]!;
      this.positive[k] = wide.positive[cell[k]!]!;
      wide.weight[cell[k]!] = wide.positive[cell[k]!] = 0;
    }
  }
}

// The loops over rows and cells stand alone, over plain arrays: so they compile tightly, however their callers are inlined.

function addColumn(
  packed: Float64Array,
  bins: Uint8Array,
  offset: number,
  rows: Int32Array,
  mass: Float64Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) packed[bins[offset + rows[i]!]!]! += mass[i]!;
}

/** Four columns, into slots from `base` on. */
function addColumns(
  packed: Float64Array,
  base: number,
  bins: Uint8Array,
  offsets: Int32Array,
  rows: Int32Array,
  mass: Float64Array,
  from: number,
  to: number,
): void {
  const o0 = offsets[0]!;
  const o1 = offsets[1]!;
  const o2 = offsets[2]!;
  const o3 = offsets[3]!;
  for (let i = from; i < to; i++) {
    const row = rows[i]!;
    const m = mass[i]!;
    packed[base + bins[o0 + row]!]! += m;
    packed[base + 256 + bins[o1 + row]!]! += m;
    packed[base + 512 + bins[o2 + row]!]! += m;
    packed[base + 768 + bins[o3 + row]!]! += m;
  }
}

function addWeights(
  cellRows: Float64Array,
  cellWeight: Float64Array,
  cellPositive: Float64Array,
  bins: Uint8Array,
  offset: number,
  rows: Int32Array,
  mass: Float64Array,
  from: number,
  to: number,
  outcome: Uint8Array,
): void {
  for (let i = from; i < to; i++) {
    const row = rows[i]!;
    const bin = bins[offset + row]!;
    cellRows[bin]! += 1;
    cellWeight[bin]! += mass[i]!;
    cellPositive[bin]! += outcome[row]! * mass[i]!;
  }
}

/** Moves the cells that are not 0 to the front of `sums`, their bins to `cell`, and empties them. Without a branch to mispredict. */
function takeOccupied(counted: Float64Array, base: number, cells: number, cell: Int32Array, sums: Float64Array): number {
  let occupied = 0;
  for (let bin = 0; bin < cells; bin++) {
    const sum = counted[base + bin]!;
    cell[occupied] = bin;
    sums[occupied] = sum;
    counted[base + bin] = 0;
    occupied += sum === 0 ? 0 : 1;
  }
  return occupied;
}

function unpack(sums: Float64Array, count: number, rows: Float64Array, weight: Float64Array, positive: Float64Array): void {
  for (let k = 0; k < count; k++) {
    const sum = sums[k]!;
    const p = packedPositive(sum);
    const w = packedWeight(sum, p);
    positive[k] = p;
    weight[k] = w;
    rows[k] = packedRows(sum, p, w);
  }
}
