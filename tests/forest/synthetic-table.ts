/**
 * Seeded tables and forests for the tests of this folder.
 */
import type { FlatForest, TrainingTable } from '../../src/forest/index.ts';
import { randomStream } from '../../src/util/random.ts';
import type { RandomStream } from '../../src/util/random.ts';

export interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly seed?: number;
  /** Share of missing values in even columns. */
  readonly missing?: number;
  /** Rows per patient; without it the table has no groups. */
  readonly rowsPerGroup?: number;
}

/** Columns in turn continuous, small integers and 0/1; the first three carry the signal. */
export function syntheticTable({ rows, columns, seed = 1, missing = 0.2, rowsPerGroup }: Shape): TrainingTable {
  const random = randomStream(seed, 0);
  const data = Array.from({ length: columns }, () => new Float64Array(rows));
  const outcome = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const x = data.map((_, f) => (f % 3 === 0 ? random.uniform() * 10 - 5 : f % 3 === 1 ? random.below(6) : random.below(2)));
    const signal = (x[0]! > 0 ? 1.5 : 0) + 0.4 * (x[1] ?? 0) - (x[2] ?? 0);
    outcome[row] = Number(random.uniform() < 1 / (1 + Math.exp(2 - signal)));
    data.forEach((column, f) => (column[row] = f % 2 === 0 && random.uniform() < missing ? NaN : x[f]!));
  }
  const table = { featureCount: columns, rows, columns: data, outcome };
  if (rowsPerGroup === undefined) return table;
  return { ...table, groups: Int32Array.from({ length: rows }, (_, row) => 1000 - Math.floor(row / rowsPerGroup)) };
}

export function rowOf(table: TrainingTable, row: number): Float64Array {
  return Float64Array.from(table.columns, (column) => column[row]!);
}

/** The same rows in another order: row i of the result is row order[i] of the table. */
export function reorder(table: TrainingTable, order: readonly number[]): TrainingTable {
  return {
    ...table,
    rows: order.length,
    columns: table.columns.map((column) => Float64Array.from(order, (row) => column[row]!)),
    outcome: Uint8Array.from(order, (row) => table.outcome[row]!),
    ...(table.groups === undefined ? {} : { groups: Int32Array.from(order, (row) => table.groups![row]!) }),
    ...(table.weights === undefined ? {} : { weights: Float64Array.from(order, (row) => table.weights![row]!) }),
  };
}

export function shuffledOrder(rows: number, random: RandomStream): number[] {
  const order = Array.from({ length: rows }, (_, row) => row);
  for (let i = rows - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** A random forest in the other sense: shapes, columns, thresholds, directions, values and covers drawn at random. */
export function randomForest(random: RandomStream, featureCount: number, trees: number, depth: number): FlatForest {
  const nodes: {
    feature: number;
    threshold: number;
    missingLeft: number;
    left: number;
    right: number;
    value: number;
    cover: number;
  }[] = [];
  const treeStart = [0];
  const add = (below: number): number => {
    const at = nodes.length;
    const node = {
      feature: -1,
      threshold: 0,
      missingLeft: 0,
      left: -1,
      right: -1,
      value: random.uniform(),
      cover: 1 + random.below(50),
    };
    nodes.push(node);
    if (below === 0 || (below < depth && random.uniform() < 0.15)) return at;
    node.feature = random.below(featureCount);
    node.threshold = random.uniform();
    node.missingLeft = random.below(2);
    node.left = add(below - 1);
    node.right = add(below - 1);
    node.cover = nodes[node.left]!.cover + nodes[node.right]!.cover;
    return at;
  };
  for (let tree = 0; tree < trees; tree++) {
    add(depth);
    treeStart.push(nodes.length);
  }
  return {
    featureCount,
    treeStart: Int32Array.from(treeStart),
    feature: Int32Array.from(nodes, (n) => n.feature),
    threshold: Float64Array.from(nodes, (n) => n.threshold),
    missingLeft: Uint8Array.from(nodes, (n) => n.missingLeft),
    left: Int32Array.from(nodes, (n) => n.left),
    right: Int32Array.from(nodes, (n) => n.right),
    value: Float64Array.from(nodes, (n) => n.value),
    cover: Float64Array.from(nodes, (n) => n.cover),
  };
}

/** A row of values in [0, 1), some missing. */
export function randomRow(random: RandomStream, featureCount: number): Float64Array {
  return Float64Array.from({ length: featureCount }, () => (random.uniform() < 0.25 ? NaN : random.uniform()));
}

/** All arrays of a forest as one buffer, for byte comparison. */
export function bytesOf(forest: FlatForest): string {
  const { treeStart, feature, threshold, missingLeft, left, right, value, cover } = forest;
  return [treeStart, feature, threshold, missingLeft, left, right, value, cover]
    .map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64'))
    .join('|');
}
