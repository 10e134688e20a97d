/**
 * What a training takes beyond the table it is given, held against what there is: before it is taken.
 *
 * Run     arrays whose size the table, the options and the threads say: asked for before the first of them is made
 * Forest  how large trees become only growing tells; real ones are a fraction of the largest there could be. So a training that cannot hold even
 *         trees of one node is refused at once, and one whose first trees are on the way to more than there is ends there, when little is taken
 * Limit   what the caller says, else what the system has for this process
 */
import { freemem, totalmem } from 'node:os';
import { ForestError } from '../errors.ts';
import type { OnProgress } from '../util/progress.ts';

/** What decides the need. */
export interface MemoryShape {
  readonly rows: number;
  readonly featureCount: number;
  readonly maxBins: number;
  /** Units of the bootstrap draw, at most; 0 where nothing is drawn. */
  readonly drawCount: number;
  readonly hasWeights: boolean;
  readonly hasGroups: boolean;
  readonly minLeafRows: number;
  readonly maxDepth: number;
  readonly workers: number;
}

/** In bytes, at most. */
export interface MemoryNeed {
  /** Whatever the trees come to be. */
  readonly run: number;
  /** For each tree, and for each node of it, while the forest is put together: a tree and its place in the forest are both there. */
  readonly perTree: number;
  readonly perNode: number;
}

/** Per node of a flat forest (./flat-forest.ts). */
export const flatNodeBytes = 4 + 8 + 1 + 4 + 4 + 8 + 8;
/** The objects of a tree, and a name in the tables that number groups (measured, rounded up). */
export const treeBytes = 1024;
export const groupNameBytes = 100;
/** Trees whose mean size is taken for that of all: by then it is off by a few parts in a hundred. */
const tellingTrees = 10;
/** Nodes of a forest are numbered in 32 bits. */
const mostNodes = 2 ** 31 - 1;

/** Nodes of the largest tree there can be. */
export function mostTreeNodes({ rows, minLeafRows, maxDepth }: Pick<MemoryShape, 'rows' | 'minLeafRows' | 'maxDepth'>): number {
  return 2 * Math.min(Math.max(1, Math.floor(rows / minLeafRows)), 2 ** Math.min(maxDepth, 30)) - 1;
}

/** What this process may still take: of its container, or of the computer. */
export function availableBytes(): number {
  const own = Math.min(process.constrainedMemory() || Infinity, totalmem()) - process.memoryUsage.rss();
  // On macOS pages that hold cached files do not count as free, and are most of what there is.
  return process.platform === 'darwin' ? own : Math.min(own, freemem());
}

/** @throws {ForestError} FOREST_MEMORY when the run does not fit with trees of a single node */
export function requireMemory(need: MemoryNeed, trees: number, limitBytes: number): void {
  const bytes = need.run + trees * (need.perTree + need.perNode);
  if (bytes <= limitBytes) return;
  throw new ForestError(
    'FOREST_MEMORY',
    `expected a training run to need at most the ${mib(limitBytes)} there are for it, found ${mib(bytes)} for its table, threads and ${trees} trees ` +
      'of one node; train with fewer rows, columns, workers or trees, or where there is more memory',
    { details: { bytes, limitBytes, trees } },
  );
}

/**
 * @param nodes  of the trees that are grown
 * @returns      onProgress, which first holds the forest that these trees are on the way to against the limit
 */
export function watchForest(
  { run, perTree, perNode }: MemoryNeed,
  trees: number,
  limitBytes: number,
  nodes: () => number,
  onProgress: OnProgress,
): OnProgress {
  const most = Math.min(mostNodes, Math.floor((limitBytes - run - trees * perTree) / perNode));
  return (progress) => {
    const { done } = progress;
    const grown = nodes();
    const expected = done >= Math.min(tellingTrees, trees) ? Math.round((grown / done) * trees) : grown;
    if (expected > most) {
      throw new ForestError(
        'FOREST_MEMORY',
        `expected a forest of at most ${most} nodes, which is what ${mib(limitBytes)} hold beside the ${mib(run)} of the run, found ${grown} nodes in ` +
          `${done} of ${trees} trees; train with fewer trees, larger leaves (minLeafRows) or a smaller maxDepth, or where there is more memory`,
        { details: { mostNodes: most, nodes: grown, done, trees, limitBytes } },
      );
    }
    onProgress(progress);
  };
}

export function mib(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
