/**
 * Forests of scikit-learn in the flat format, and back.
 *
 * Law     a forest that was fitted by scikit-learn gives every double row what predict_proba gives it, to rounding: thresholds of a forest that
 *         compares float32 are moved to the border between the doubles that round to either side (./float32-border.ts)
 * Choice  a node's value is the share of the second class; weights are divided by their sum, shares are taken as they are
 * Choice  without missing_go_to_left a missing value follows the heavier child, as scikit-learn has it where none was missing in training
 * Choice  a forest of this package is written with "float64": read back it is the same forest, bit for bit
 */
import { ForestError } from '../errors.ts';
import { emptyForest, joinTrees } from '../forest/assemble.ts';
import { checkForest, type FlatForest } from '../forest/index.ts';
import { widenedThreshold } from './float32-border.ts';
import {
  FOREST_DOCUMENT_FORMAT,
  FOREST_DOCUMENT_VERSION,
  parseForestDocument,
  type DocumentTree,
  type ForestDocument,
} from './forest-document.ts';

/** Sums of shares that are 1 but for rounding. */
const shareTolerance = 1e-9;
/** What scikit-learn writes as the feature and threshold of a leaf. */
const UNDEFINED = -2;

/**
 * @param document  as ./forest-document.ts says, from JSON
 * @returns         a checked forest whose output is the probability of the second class
 * @throws {ForestError} FOREST_FILE_FORMAT; FOREST_FILE_TREE naming tree and node
 */
export function forestFromScikitLearn(document: unknown): FlatForest {
  return forestOfDocument(parseForestDocument(document));
}

/** Of a document that was read. @throws {ForestError} FOREST_FILE_TREE */
export function forestOfDocument({ feature_names, trees, input_precision }: ForestDocument): FlatForest {
  const read = trees.map((tree, number) => {
    const single = readTree(tree, number, feature_names.length, input_precision);
    requireSound(single, number);
    return single;
  });
  return joinTrees(read, feature_names.length);
}

/**
 * @param about  what the arrays do not say: names of the features in order, of the two classes (default 0 and 1), who made it, the rows behind it
 */
export function forestToScikitLearn(
  forest: FlatForest,
  about: Pick<ForestDocument, 'feature_names' | 'made_by'> & Partial<Pick<ForestDocument, 'classes' | 'training' | 'model'>>,
): ForestDocument {
  const trees = Array.from({ length: forest.treeStart.length - 1 }, (_, tree) => writeTree(forest, tree));
  return {
    format: FOREST_DOCUMENT_FORMAT,
    format_version: FOREST_DOCUMENT_VERSION,
    input_precision: 'float64',
    classes: [0, 1],
    ...about,
    trees,
  };
}

/** A forest of this tree alone. */
function readTree(
  tree: DocumentTree,
  number: number,
  features: number,
  precision: ForestDocument['input_precision'],
): FlatForest {
  const nodes = tree.children_left.length;
  const { children_left, children_right, feature, threshold, value, weighted_n_node_samples: cover, missing_go_to_left } = tree;
  const arrays = { children_right, feature, threshold, value, weighted_n_node_samples: cover, missing_go_to_left };
  for (const [name, array] of Object.entries(arrays)) {
    if (array !== undefined && array.length !== nodes)
      fault(number, nodes, `${name}: expected ${nodes} entries, found ${array.length}`);
  }
  const flat = emptyForest([nodes], features);
  for (let node = 0; node < nodes; node++) {
    const [left, right] = [children_left[node]!, children_right[node]!];
    const isLeaf = left === -1 && right === -1;
    flat.left[node] = left;
    flat.right[node] = right;
    flat.cover[node] = cover[node]!;
    flat.value[node] = shareOf(value[node]!.flat() as [number, number], number, node);
    flat.feature[node] = isLeaf ? -1 : splitFeature(feature[node]!, number, node);
    flat.threshold[node] = isLeaf ? 0 : finiteThreshold(threshold[node]!, precision);
    const goesLeft = missing_go_to_left?.[node] ?? (cover[left] ?? 0) > (cover[right] ?? 0);
    flat.missingLeft[node] = isLeaf ? 0 : Number(goesLeft);
  }
  return flat;
}

/** A node with children must split: -1 would read as a leaf. */
function splitFeature(feature: number, tree: number, node: number): number {
  if (feature >= 0) return feature;
  return fault(tree, node, `expected a feature from 0 on for a node with children, found ${feature}`);
}

function finiteThreshold(threshold: number | 'Infinity', precision: ForestDocument['input_precision']): number {
  const t = threshold === 'Infinity' ? Number.MAX_VALUE : threshold;
  return precision === 'float32' ? widenedThreshold(t) : t;
}

function shareOf([without, withOutcome]: readonly [number, number], tree: number, node: number): number {
  const sum = without + withOutcome;
  if (!(without >= 0 && withOutcome >= 0 && sum > 0 && sum < Infinity)) {
    fault(tree, node, `expected two shares or weights from 0 on, not both 0, found ${without} and ${withOutcome}`);
  }
  return Math.abs(sum - 1) < shareTolerance ? Math.min(withOutcome, 1) : withOutcome / sum;
}

function requireSound(tree: FlatForest, number: number): void {
  try {
    checkForest(tree);
  } catch (error) {
    if (!(error instanceof ForestError)) throw error;
    const what = error.message.replace(/^.*?node \d+: /, '').replace(/; the forest is damaged.*$/, '');
    fault(number, Number(error.details['node']), what, error);
  }
}

function writeTree(
  { treeStart, feature, threshold, missingLeft, left, right, value, cover }: FlatForest,
  tree: number,
): DocumentTree {
  const [start, end] = [treeStart[tree]!, treeStart[tree + 1]!];
  const nodes = Array.from({ length: end - start }, (_, i) => start + i);
  const perNode = <T>(split: (node: number) => T, leaf: T): T[] => nodes.map((node) => (feature[node]! < 0 ? leaf : split(node)));
  return {
    children_left: perNode((node) => left[node]! - start, -1),
    children_right: perNode((node) => right[node]! - start, -1),
    feature: perNode((node) => feature[node]!, UNDEFINED),
    threshold: perNode<number | 'Infinity'>(
      (node) => (threshold[node]! === Number.MAX_VALUE ? 'Infinity' : threshold[node]!),
      UNDEFINED,
    ),
    value: nodes.map((node) => [1 - value[node]!, value[node]!]),
    weighted_n_node_samples: nodes.map((node) => cover[node]!),
    missing_go_to_left: perNode<0 | 1>((node) => (missingLeft[node] === 1 ? 1 : 0), 0),
  };
}

function fault(tree: number, node: number, what: string, cause?: unknown): never {
  throw new ForestError('FOREST_FILE_TREE', `tree ${tree}, node ${node}: ${what}; write the forest again`, {
    details: { tree, node },
    cause,
  });
}
