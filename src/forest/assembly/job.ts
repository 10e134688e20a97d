/**
 * What a thread knows of the training run: sizes, options, and where in the shared memory things lie. Set once per thread.
 *
 * Bins    row-major, stride bytes a row (a multiple of 16); beside them column-major in a table that is large (columnBins is 0 otherwise)
 * Scratch memory of this thread alone; the rest is shared and only read, apart from the run's state (../run-state.ts)
 */
export let rows: i32 = 0;
export let featureCount: i32 = 0;
export let stride: i32 = 0;
export let rowBins: usize = 0;
export let columnBins: usize = 0;
/** u8 per column: bins of present values, also the number of the missing bin. */
export let binCount: usize = 0;
/** u8 per column: 0 where it holds one value, 1 where it holds two and its bins are 0 and 1, 2 otherwise. */
export let columnKind: usize = 0;
/** u8 per row: 0 or 1. */
export let outcome: usize = 0;
/** f64 per row, or 0. */
export let weights: usize = 0;
/** i32 per row, or 0. */
export let group: usize = 0;
export let drawCount: i32 = 0;
export let state: usize = 0;

export function setTable(
  rowsGiven: i32,
  featureCountGiven: i32,
  strideGiven: i32,
  rowBinsAt: usize,
  columnBinsAt: usize,
  binCountAt: usize,
  columnKindAt: usize,
  outcomeAt: usize,
  weightsAt: usize,
  groupAt: usize,
  drawCountGiven: i32,
  stateAt: usize,
): void {
  rows = rowsGiven;
  featureCount = featureCountGiven;
  stride = strideGiven;
  rowBins = rowBinsAt;
  columnBins = columnBinsAt;
  binCount = binCountAt;
  columnKind = columnKindAt;
  outcome = outcomeAt;
  weights = weightsAt;
  group = groupAt;
  drawCount = drawCountGiven;
  state = stateAt;
}

export let seed: u32 = 0;
export let mtry: i32 = 0;
export let minLeafRows: i32 = 0;
export let minLeafWeight: f64 = 0;
export let maxDepth: i32 = 0;
/** Node weights from here on do not fit the packed counts (./packing.ts). */
export let packedLimit: f64 = 0;
/** Most times a row may be drawn for its record to tell (./sample.ts); at most 15. */
export let timesLimit: u32 = 0;

export function setOptions(
  seedGiven: u32,
  mtryGiven: i32,
  minLeafRowsGiven: i32,
  minLeafWeightGiven: f64,
  maxDepthGiven: i32,
  packedLimitGiven: f64,
  timesLimitGiven: u32,
): void {
  seed = seedGiven;
  mtry = mtryGiven;
  minLeafRows = minLeafRowsGiven;
  minLeafWeight = minLeafWeightGiven;
  maxDepth = maxDepthGiven;
  packedLimit = packedLimitGiven;
  timesLimit = timesLimitGiven;
}

/** u8 per unit of the draw: how often it was drawn. */
export let drawn: usize = 0;
/** u32 per in-bag row (./sample.ts), and room for as many that are moved. */
export let records: usize = 0;
export let movedRecords: usize = 0;
/** f64 per in-bag row: its weight, where rows have weights of their own; and room for those that are moved. */
export let masses: usize = 0;
export let movedMasses: usize = 0;
/** Row-major bins of the rows of a subtree, for at most localRows of them. */
export let local: usize = 0;
export let localRows: i32 = 0;
/** Room for one number. */
export let held: usize = 0;
/** Counts, the order of the columns, pending nodes: see the files that use them. */
export let counts: usize = 0;
export let order: usize = 0;
export let pending: usize = 0;
/** Per node: u64 split and right child (./tree.ts), f64 value, f64 cover. */
export let treeSplits: usize = 0;
export let treeValues: usize = 0;
export let treeCovers: usize = 0;
/** Per table row: f64 sum of leaf values of trees that did not see it, i32 number of these trees. */
export let outOfBagSums: usize = 0;
export let outOfBagTrees: usize = 0;

export function setScratch(
  drawnAt: usize,
  recordsAt: usize,
  movedRecordsAt: usize,
  massesAt: usize,
  movedMassesAt: usize,
  localAt: usize,
  localRowsGiven: i32,
  countsAt: usize,
  orderAt: usize,
  pendingAt: usize,
  heldAt: usize,
  treeSplitsAt: usize,
  treeValuesAt: usize,
  treeCoversAt: usize,
  outOfBagSumsAt: usize,
  outOfBagTreesAt: usize,
): void {
  drawn = drawnAt;
  records = recordsAt;
  movedRecords = movedRecordsAt;
  masses = massesAt;
  movedMasses = movedMassesAt;
  local = localAt;
  localRows = localRowsGiven;
  counts = countsAt;
  order = orderAt;
  pending = pendingAt;
  held = heldAt;
  treeSplits = treeSplitsAt;
  treeValues = treeValuesAt;
  treeCovers = treeCoversAt;
  outOfBagSums = outOfBagSumsAt;
  outOfBagTrees = outOfBagTreesAt;
}
