/**
 * Out-of-bag: sends the rows outside a tree's sample down the tree and adds up the leaf values they reach.
 *
 * Choice  eight rows walk at once, a level at a time, without a branch: a row that has arrived stays in its leaf (./tree.ts)
 */
import {
  drawCount,
  drawn,
  group,
  movedRecords,
  outOfBagSums,
  outOfBagTrees,
  records,
  rowBins,
  rows,
  stride,
  treeSplits,
  treeValues,
} from './job';
import { treeDepth } from './tree';

/** For the tree grown last. */
export function addOutOfBag(): void {
  if (drawCount == 0) return;
  const count = gatherOutside();
  let i = 0;
  for (; i + 8 <= count; i += 8) walkEight(i << 2);
  for (; i < count; i++) walkOne(i << 2);
}

/** Lists the rows outside the sample, and where their bins are; the records of the sample are not needed any more. */
function gatherOutside(): i32 {
  const times = drawn;
  const units = group;
  const last = rows;
  const width = stride;
  const toRow = movedRecords;
  const toBins = records;
  let bins = rowBins;
  let to: usize = 0;
  for (let row = 0; row < last; row++, bins += width) {
    const count = load<u8>(times + (units == 0 ? row : load<i32>(units + (row << 2))));
    store<u32>(toRow + to, row);
    store<usize>(toBins + to, bins);
    to += count == 0 ? 4 : 0;
  }
  return to >> 2;
}

/** One load for split and child: the choice is then between two numbers at hand, where a load on one side would make it a branch. */
function step(splits: usize, node: usize, row: usize): usize {
  const split = load<u64>(splits + (node << 3));
  const word = <u32>split;
  const bin = <u32>load<u8>(row + (word & 0xfff));
  return bin - ((word >>> 12) & 0xff) < word >>> 20 ? <usize>(split >>> 32) : node + 1;
}

function arrive(row: u32, node: usize): void {
  const sum = outOfBagSums + (row << 3);
  store<f64>(sum, load<f64>(sum) + load<f64>(treeValues + (node << 3)));
  const trees = outOfBagTrees + (row << 2);
  store<i32>(trees, load<i32>(trees) + 1);
}

function walkOne(at: usize): void {
  const row = load<usize>(records + at);
  let node: usize = 0;
  for (let level = treeDepth; level > 0; level--) node = step(treeSplits, node, row);
  arrive(load<u32>(movedRecords + at), node);
}

function walkEight(at: usize): void {
  const splits = treeSplits;
  const lines = records + at;
  const r0 = load<usize>(lines);
  const r1 = load<usize>(lines, 4);
  const r2 = load<usize>(lines, 8);
  const r3 = load<usize>(lines, 12);
  const r4 = load<usize>(lines, 16);
  const r5 = load<usize>(lines, 20);
  const r6 = load<usize>(lines, 24);
  const r7 = load<usize>(lines, 28);
  let n0: usize = 0;
  let n1: usize = 0;
  let n2: usize = 0;
  let n3: usize = 0;
  let n4: usize = 0;
  let n5: usize = 0;
  let n6: usize = 0;
  let n7: usize = 0;
  for (let level = treeDepth; level > 0; level--) {
    n0 = step(splits, n0, r0);
    n1 = step(splits, n1, r1);
    n2 = step(splits, n2, r2);
    n3 = step(splits, n3, r3);
    n4 = step(splits, n4, r4);
    n5 = step(splits, n5, r5);
    n6 = step(splits, n6, r6);
    n7 = step(splits, n7, r7);
  }
  const row = movedRecords + at;
  arrive(load<u32>(row), n0);
  arrive(load<u32>(row, 4), n1);
  arrive(load<u32>(row, 8), n2);
  arrive(load<u32>(row, 12), n3);
  arrive(load<u32>(row, 16), n4);
  arrive(load<u32>(row, 20), n5);
  arrive(load<u32>(row, 24), n6);
  arrive(load<u32>(row, 28), n7);
}
