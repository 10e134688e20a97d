/**
 * Grows one tree from binned columns: draw the sample, split depth-first, write flat arrays.
 *
 * In      a training job (./training-job.ts) and the number of the tree, which selects its random stream
 * Out     the tree with cuts as bin numbers and nodes in preorder, and which rows were in its sample
 * Choice  mtry columns are drawn afresh in every node; one that is constant there does not count and is not tried again below
 *         (as scikit-learn does), which matters for one-hot clinical columns
 * Choice  a node is a leaf at maxDepth, when pure, below 2 * minLeafRows distinct rows or 2 * minLeafWeight, or when no cut gains. Leaf values are rounded to
 *         2^-32, so that sums over trees are exact doubles and come out equal in any order and over any number of threads
 * Source  Breiman 2001; Louppe 2014, "Understanding random forests", arXiv:1407.7502, chapter 5
 */
import { randomStream } from '../util/random.ts';
import type { RandomStream } from '../util/random.ts';
import { batchSize } from './cell-counts.ts';
import { Sample } from './sample.ts';
import type { NodeTotals } from './sample.ts';
import { SplitSearch } from './split-search.ts';
import type { BestCut } from './split-search.ts';
import type { TrainingJob } from './training-job.ts';
import { mostTreeNodes } from './training-memory.ts';

/** One tree; nodes are numbered from its root, 0. cut[n] is the last bin that goes left. */
export interface GrownTree {
  readonly nodes: number;
  readonly feature: Int32Array;
  readonly cut: Uint8Array;
  readonly missingLeft: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly value: Float64Array;
  readonly cover: Float64Array;
}

interface PendingNode {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  /** -1 for the root. */
  readonly parent: number;
  readonly isLeft: boolean;
  /** Whether its rows are numbers in the sample's local buffer. */
  readonly isLocal: boolean;
  /** How many columns are known to be constant here. */
  readonly constants: number;
}

/** Scratch memory is made once and used for every tree this thread grows. */
export class TreeGrower {
  private readonly job: TrainingJob;
  private readonly sample: Sample;
  private readonly search: SplitSearch;
  private readonly order: Int32Array;
  private readonly varies = new Uint8Array(batchSize);
  private readonly best: BestCut = { feature: -1, cut: 0, missingLeft: 0, gainTop: 0, gainBottom: 1 };
  private readonly totals: NodeTotals = { rows: 0, weight: 0, positive: 0 };
  private readonly made: GrownTree;

  constructor(job: TrainingJob) {
    const { rows, featureCount, binCount } = job.table;
    this.job = job;
    this.sample = new Sample(job);
    this.search = new SplitSearch(binCount, job.outcome, job.minLeafRows, job.minLeafWeight);
    this.order = new Int32Array(featureCount);
    this.made = emptyTree(mostTreeNodes({ rows, minLeafRows: job.minLeafRows, maxDepth: job.maxDepth }));
  }

  /** How often each group (or row, without groups) is in the sample of the tree grown last. */
  get drawn(): Int32Array {
    return this.sample.drawn;
  }

  /** @param tree  0 .. job.trees - 1; the same number gives the same tree, whatever was grown before */
  grow(tree: number): GrownTree {
    const { made, job, sample, best, order } = this;
    const random = randomStream(job.seed, tree);
    for (let feature = 0; feature < order.length; feature++) order[feature] = feature;
    let nodes = 0;
    const pending: PendingNode[] = [
      { start: 0, end: sample.draw(random), depth: 0, parent: -1, isLeft: true, isLocal: false, constants: 0 },
    ];
    while (pending.length > 0) {
      const { start, end, depth, parent, isLeft, isLocal, constants } = pending.pop()!;
      const node = nodes++;
      if (parent >= 0) (isLeft ? made.left : made.right)[parent] = node;
      this.writeLeaf(node, start, end);
      if (depth >= job.maxDepth || this.isDone()) continue;
      const nowLocal = sample.enter(start, end, isLocal);
      const known = this.findCut(random, start, end, constants);
      if (best.feature < 0) continue;
      made.feature[node] = best.feature;
      made.cut[node] = best.cut;
      made.missingLeft[node] = best.missingLeft;
      const middle = sample.partition(start, end, best.feature, best.cut, best.missingLeft);
      const below = depth + 1;
      pending.push({ start: middle, end, depth: below, parent: node, isLeft: false, isLocal: nowLocal, constants: known });
      pending.push({ start, end: middle, depth: below, parent: node, isLeft: true, isLocal: nowLocal, constants: known });
    }
    addCoversUpwards(made, nodes);
    return copyTree(made, nodes);
  }

  /** Sums the node's rows and writes it as a leaf, which it may stay. */
  private writeLeaf(node: number, start: number, end: number): void {
    const { made, totals } = this;
    this.sample.sum(start, end, totals);
    made.value[node] = Math.round((totals.positive / totals.weight) * 4294967296) / 4294967296;
    made.cover[node] = totals.weight;
    made.feature[node] = made.left[node] = made.right[node] = -1;
    made.cut[node] = made.missingLeft[node] = 0;
  }

  /** Too few rows or too little weight for two leaves, or of one outcome. */
  private isDone(): boolean {
    const { rows, weight, positive } = this.totals;
    const { minLeafRows, minLeafWeight } = this.job;
    return rows < 2 * minLeafRows || positive === 0 || positive === weight || weight < 2 * minLeafWeight;
  }

  /**
   * Draws columns without replacement until mtry of them vary in the node, and leaves the best cut in this.best.
   *
   * `order` is a permutation of the columns whose first `known` entries are constant in this node. A subtree only reorders what
   * follows its own known entries, so depth-first growth finds them untouched in the sibling.
   *
   * @returns  how many columns are now known to be constant
   */
  private findCut(random: RandomStream, start: number, end: number, known: number): number {
    const { order, best, search, varies } = this;
    const { mtry } = this.job;
    best.feature = -1;
    best.gainTop = 0;
    best.gainBottom = 1;
    let constants = known;
    // order: [known constants | found constant here | tried | not yet drawn]
    let tried = known;
    for (let varying = 0; varying < mtry && tried < order.length;) {
      const batch = Math.min(batchSize, mtry - varying, order.length - tried);
      for (let i = tried; i < tried + batch; i++) {
        const at = i + random.below(order.length - i);
        const feature = order[at]!;
        order[at] = order[i]!;
        order[i] = feature;
      }
      search.tryColumns(best, this.totals, this.sample, start, end, order, tried, batch, varies);
      for (let slot = 0; slot < batch; slot++, tried++) {
        if (varies[slot] === 1) {
          varying++;
        } else {
          const feature = order[tried]!;
          order[tried] = order[constants]!;
          order[constants++] = feature;
        }
      }
    }
    return constants;
  }
}

/** A parent's cover is the sum of its children's, to the bit; summing its rows could differ in the last place. */
function addCoversUpwards(tree: GrownTree, nodes: number): void {
  for (let node = nodes - 1; node >= 0; node--) {
    if (tree.feature[node]! >= 0) tree.cover[node] = tree.cover[tree.left[node]!]! + tree.cover[tree.right[node]!]!;
  }
}

function emptyTree(nodes: number): GrownTree {
  return {
    nodes,
    feature: new Int32Array(nodes),
    cut: new Uint8Array(nodes),
    missingLeft: new Uint8Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    value: new Float64Array(nodes),
    cover: new Float64Array(nodes),
  };
}

function copyTree(tree: GrownTree, nodes: number): GrownTree {
  return {
    nodes,
    feature: tree.feature.slice(0, nodes),
    cut: tree.cut.slice(0, nodes),
    missingLeft: tree.missingLeft.slice(0, nodes),
    left: tree.left.slice(0, nodes),
    right: tree.right.slice(0, nodes),
    value: tree.value.slice(0, nodes),
    cover: tree.cover.slice(0, nodes),
  };
}
