/**
 * A forest laid out in memory for the attributions of assembly/scorer-attribution.ts; offsets and sizes of a node as in assembly/scorer-layout.ts.
 *
 * Order   of a tree's inner nodes: a parent before its children, nodes whose children are both leaves last, and as many of one kind in a run as
 *         the tree allows, so that a kernel that branches on the kind is rarely surprised
 * Size    32 to 56 bytes an inner node
 */
import type { FlatForest } from './flat-forest.ts';
import type { PathWeights } from './path-weights.ts';
import { gaussLegendre } from './quadrature.ts';
import { allot } from './scorer-module.ts';
import type { WasmMemory } from './webassembly.ts';

/** Where a laid-out forest lies in its memory, in bytes. Plain numbers, so that another thread can be told. */
export interface AttributionLayout {
  readonly featureCount: number;
  /** Descriptions of the trees that have a split, 32 bytes each. */
  readonly trees: number;
  readonly treeCount: number;
  /** Of the largest trees. */
  readonly mostNodes: number;
  readonly mostVectors: number;
}

const kinds = { pair: 0, mixed: 1, leaves: 2, again: 4 } as const;
const treeSize = 32;

/** A tree's inner nodes in the order of computation. */
interface Plan {
  readonly nodes: readonly number[];
  /** Kind and length in turn. */
  readonly runs: readonly number[];
  readonly vectors: number;
}

/**
 * Written behind whatever the memory holds.
 *
 * @throws {RangeError} when there is not enough memory
 */
export function layOutAttributions(forest: FlatForest, weights: PathWeights, memory: WasmMemory): AttributionLayout {
  const kindOf = nodeKinds(forest, weights);
  const plans = planTrees(forest, weights, kindOf);
  const vectorCounts = [...new Set(plans.map(({ vectors }) => vectors))];
  const [trees = 0, ...ats] = allot(memory, [
    treeSize * plans.length,
    ...vectorCounts.map((vectors) => 32 * (vectors + 1)),
    ...plans.map(({ runs }) => 4 * runs.length),
    ...plans.map(({ nodes }) => nodes.reduce((sum, node) => sum + sizeOf(kindOf[node]!), 0)),
  ]);
  const quadratureAt = new Map(vectorCounts.map((vectors) => [vectors, ats.shift()!]));
  const runsAt = ats.slice(0, plans.length);
  const nodesAt = ats.slice(plans.length);
  const { buffer } = memory;
  const words = new Uint32Array(buffer);
  const numbers = new Float64Array(buffer);
  for (const [vectors, at] of quadratureAt) {
    const { rest, weights: shares } = gaussLegendre(2 * vectors);
    numbers.set([...rest, 1, 0, ...shares, 1, 1], at / 8);
  }
  const place = new Uint32Array(forest.feature.length);
  const edges = new Uint32Array(forest.feature.length);
  plans.forEach(({ nodes, runs, vectors }, p) => {
    nodes.forEach((node, i) => (place[node] = i));
    const nodesEnd = writeNodes(forest, weights, { nodes, place, edges, kindOf, at: nodesAt[p]!, words, numbers });
    words.set(runs, runsAt[p]! / 4);
    words.set(
      [nodesAt[p]!, nodesEnd, runsAt[p]!, runsAt[p]! + 4 * runs.length, quadratureAt.get(vectors)!, vectors, nodes.length],
      (trees + treeSize * p) / 4,
    );
  });
  return {
    featureCount: forest.featureCount,
    trees,
    treeCount: plans.length,
    mostNodes: Math.max(0, ...plans.map(({ nodes }) => nodes.length)),
    mostVectors: Math.max(1, ...vectorCounts),
  };
}

function sizeOf(kind: number): number {
  return kind >= kinds.again ? 56 : kind === kinds.pair ? 32 : 40;
}

function nodeKinds({ feature, left, right }: FlatForest, { earlier }: PathWeights): Uint8Array {
  const kindOf = new Uint8Array(feature.length);
  for (let node = 0; node < kindOf.length; node++) {
    if (feature[node]! < 0) continue;
    const leaves = Number(feature[left[node]!]! < 0) + Number(feature[right[node]!]! < 0);
    kindOf[node] = leaves + (earlier[left[node]!]! < 0 ? 0 : kinds.again);
  }
  return kindOf;
}

function planTrees(forest: FlatForest, { distinctColumns }: PathWeights, kindOf: Uint8Array): Plan[] {
  const plans: Plan[] = [];
  for (let tree = 0; tree < forest.treeStart.length - 1; tree++) {
    const root = forest.treeStart[tree]!;
    if (forest.feature[root]! < 0) continue;
    plans.push({ ...order(forest, kindOf, root), vectors: Math.max(1, Math.ceil(distinctColumns[tree]! / 4)) });
  }
  return plans;
}

/** Of the kinds that have nodes whose parents are done, the one with most of them is taken until it has none left. */
function order({ feature, left, right }: FlatForest, kindOf: Uint8Array, root: number): Pick<Plan, 'nodes' | 'runs'> {
  const ready: number[][] = Array.from({ length: 8 }, () => []);
  const inner = [kinds.pair, kinds.mixed, kinds.pair + kinds.again, kinds.mixed + kinds.again];
  const nodes: number[] = [];
  const runs: number[] = [];
  const add = (node: number): void => void (feature[node]! >= 0 && ready[kindOf[node]!]!.push(node));
  add(root);
  for (;;) {
    const kind = inner.reduce((best, k) => (ready[k]!.length > ready[best]!.length ? k : best));
    const queue = ready[kind]!;
    if (queue.length === 0) break;
    // Children of the same kind join the queue while it is walked.
    for (const node of queue) {
      nodes.push(node);
      add(left[node]!);
      add(right[node]!);
    }
    runs.push(kind, queue.length);
    ready[kind] = [];
  }
  for (const kind of [kinds.leaves, kinds.leaves + kinds.again]) {
    if (ready[kind]!.length === 0) continue;
    for (const node of ready[kind]!) nodes.push(node);
    runs.push(kind, ready[kind]!.length);
  }
  return { nodes, runs };
}

interface Target {
  readonly nodes: readonly number[];
  /** Of a node in its tree's order. */
  readonly place: Uint32Array;
  /** Of the node an edge leads to: twice the place of the node it comes from, plus 1 where it leads to its B. */
  readonly edges: Uint32Array;
  readonly kindOf: Uint8Array;
  readonly at: number;
  readonly words: Uint32Array;
  readonly numbers: Float64Array;
}

/** @returns one past the last node's last byte */
function writeNodes(forest: FlatForest, { share, earlier }: PathWeights, target: Target): number {
  const { feature, threshold, missingLeft, left, right, value } = forest;
  const { nodes, place, edges, kindOf, words, numbers } = target;
  let at = target.at;
  for (const node of nodes) {
    const kind = kindOf[node]!;
    const f = feature[node]!;
    const isSwapped = kind % kinds.again === kinds.mixed && feature[left[node]!]! < 0;
    const a = isSwapped ? right[node]! : left[node]!;
    const b = isSwapped ? left[node]! : right[node]!;
    edges[a] = 2 * place[node]!;
    edges[b] = 2 * place[node]! + 1;
    numbers[at / 8] = threshold[node]!;
    numbers[at / 8 + 1] = share[a]!;
    words[at / 4 + 4] = (2 * f + 1 - missingLeft[node]!) * 8 + Number(isSwapped);
    words[at / 4 + 5] = 16 * f;
    if (kind % kinds.again === kinds.leaves) numbers[at / 8 + 3] = value[a]!;
    else words[at / 4 + 6] = place[a]!;
    if (kind % kinds.again === kinds.pair) words[at / 4 + 7] = place[b]!;
    else numbers[at / 8 + 4] = value[b]!;
    if (kind >= kinds.again) {
      numbers[at / 8 + 5] = share[earlier[a]!]!;
      words[at / 4 + 12] = edges[earlier[a]!]!;
    }
    at += sizeOf(kind);
  }
  return at;
}
