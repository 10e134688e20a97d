/**
 * Predictions of one row and of blocks of rows, over the prepared form that ../predictor-kernel.ts writes.
 *
 * Codes   of a column two in 16 bits each, as ../predictor-codes.ts says: for splits that send missing left, and for those that send it right. They
 *         lie 16 bytes apart, so that a column's codes of eight rows lie side by side and one row is read the same way
 * Node    8 bytes: offset of its code in the low 16 bits, its cut in the next 16, the address of its left child above; the right child
 *         follows. A leaf leads to itself and has the largest cut; its value lies as far behind the node as `valueShift` says
 * Choice  eight walks in step, of one row in eight trees or of eight rows in one tree, without a branch that depends on the row but the one
 *         that ends all eight
 */

/** Right of the left child where the code is above the cut: the sign bit of cut - code. */
function next(node: usize, word: u32, codes: usize): usize {
  return usize(load<u32>(node, 4)) + (usize(((word >> 16) - load<u16>(codes + (word & 0xffff))) >> 31) << 3);
}

/** True where all eight words are those of leaves. */
function isOver(words: u32): bool {
  return words >= 0xffff0000;
}

/** Number of the increasing thresholds below x; 0 for NaN. */
function rank(start: usize, end: usize, x: f64): u32 {
  let at = start;
  let length = end - start;
  for (; length > 8;) {
    const half = (length >> 4) << 3;
    at += half & (0 - usize(load<f64>(at + half - 8) < x));
    length -= half;
  }
  if (length > 0) at += usize(load<f64>(at) < x) << 3;
  return u32((at - start) >> 3);
}

/**
 * Codes of a column's values in `rows` rows.
 *
 * @param values  8 bytes a row
 * @param start   of the column's thresholds, to `end`
 * @param codes   of the column, first row; eight rows are followed by the next eight after `group` bytes
 */
export function encode(values: usize, rows: u32, start: usize, end: usize, codes: usize, group: usize): void {
  for (let row: u32 = 0; row < rows; row++, values += 8) {
    const x = load<f64>(values);
    const code = rank(start, end, x);
    const at = codes + usize(row >> 3) * group + usize((row & 7) << 1);
    store<u16>(at, u16(code));
    store<u16>(at, u16(code | (0 - u32(x != x))), 16);
  }
}

/** encode of one row: its values and the thresholds' borders lie side by side. */
export function encodeRow(values: usize, columns: u32, borders: usize, codes: usize): void {
  for (; columns > 0; columns--, values += 8, borders += 4, codes += 32) {
    const x = load<f64>(values);
    const code = rank(load<u32>(borders), load<u32>(borders, 4), x);
    store<u16>(codes, u16(code));
    store<u16>(codes, u16(code | (0 - u32(x != x))), 16);
  }
}

/** @returns the sum over the trees, in their order, of the leaf that the row falls into */
export function predictRow(roots: usize, trees: u32, codes: usize, valueShift: usize): f64 {
  let sum: f64 = 0;
  for (; trees >= 8; trees -= 8, roots += 32) {
    let a: usize = load<u32>(roots);
    let b: usize = load<u32>(roots, 4);
    let c: usize = load<u32>(roots, 8);
    let d: usize = load<u32>(roots, 12);
    let e: usize = load<u32>(roots, 16);
    let f: usize = load<u32>(roots, 20);
    let g: usize = load<u32>(roots, 24);
    let h: usize = load<u32>(roots, 28);
    let words: u32;
    do {
      let node = load<u32>(a);
      words = node;
      a = next(a, node, codes);
      node = load<u32>(b);
      words &= node;
      b = next(b, node, codes);
      node = load<u32>(c);
      words &= node;
      c = next(c, node, codes);
      node = load<u32>(d);
      words &= node;
      d = next(d, node, codes);
      node = load<u32>(e);
      words &= node;
      e = next(e, node, codes);
      node = load<u32>(f);
      words &= node;
      f = next(f, node, codes);
      node = load<u32>(g);
      words &= node;
      g = next(g, node, codes);
      node = load<u32>(h);
      words &= node;
      h = next(h, node, codes);
    } while (!isOver(words));
    sum += load<f64>(a + valueShift);
    sum += load<f64>(b + valueShift);
    sum += load<f64>(c + valueShift);
    sum += load<f64>(d + valueShift);
    sum += load<f64>(e + valueShift);
    sum += load<f64>(f + valueShift);
    sum += load<f64>(g + valueShift);
    sum += load<f64>(h + valueShift);
  }
  for (; trees > 0; trees--, roots += 4) {
    let at: usize = load<u32>(roots);
    let node = load<u32>(at);
    while (!isOver(node)) {
      at = next(at, node, codes);
      node = load<u32>(at);
    }
    sum += load<f64>(at + valueShift);
  }
  return sum;
}

function add(sums: usize, node: usize, valueShift: usize): void {
  store<f64>(sums, load<f64>(sums) + load<f64>(node + valueShift));
}

/**
 * predictRow of many rows, a tree at a time.
 *
 * @param groups  eights of rows
 * @param group   bytes between the codes of one eight and those of the next
 * @param sums    8 bytes a row, zeroed
 */
export function predictRows(
  roots: usize,
  trees: u32,
  codes: usize,
  groups: u32,
  group: usize,
  sums: usize,
  valueShift: usize,
): void {
  for (; trees > 0; trees--, roots += 4) {
    const root: usize = load<u32>(roots);
    let at = codes;
    let sum = sums;
    for (let i: u32 = 0; i < groups; i++, at += group, sum += 64) {
      let a = root;
      let b = root;
      let c = root;
      let d = root;
      let e = root;
      let f = root;
      let g = root;
      let h = root;
      let words: u32;
      do {
        let node = load<u32>(a);
        words = node;
        a = next(a, node, at);
        node = load<u32>(b);
        words &= node;
        b = next(b, node, at + 2);
        node = load<u32>(c);
        words &= node;
        c = next(c, node, at + 4);
        node = load<u32>(d);
        words &= node;
        d = next(d, node, at + 6);
        node = load<u32>(e);
        words &= node;
        e = next(e, node, at + 8);
        node = load<u32>(f);
        words &= node;
        f = next(f, node, at + 10);
        node = load<u32>(g);
        words &= node;
        g = next(g, node, at + 12);
        node = load<u32>(h);
        words &= node;
        h = next(h, node, at + 14);
      } while (!isOver(words));
      add(sum, a, valueShift);
      add(sum + 8, b, valueShift);
      add(sum + 16, c, valueShift);
      add(sum + 24, d, valueShift);
      add(sum + 32, e, valueShift);
      add(sum + 40, f, valueShift);
      add(sum + 48, g, valueShift);
      add(sum + 56, h, valueShift);
    }
  }
}
