/**
 * For each group (a patient, a referenced resource) the rows that belong to it, ascending: two integer arrays for all groups.
 */
/** Rows [first, end). */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

export class PostingListsBuilder {
  private groups = new Int32Array(1024);
  private rows = new Int32Array(1024);
  private count = 0;

  /** Rows must be added in ascending order; a row may be in several groups. */
  add(group: number, row: number): void {
    if (this.count === this.groups.length) {
      this.groups = doubled(this.groups);
      this.rows = doubled(this.rows);
    }
    this.groups[this.count] = group;
    this.rows[this.count] = row;
    this.count += 1;
  }

  /** Counting sort by group, which keeps the order of rows. */
  build(groupCount: number): PostingLists {
    const starts = new Int32Array(groupCount + 1);
    for (let i = 0; i < this.count; i += 1) starts[(this.groups[i] as number) + 1]! += 1;
    for (let g = 0; g < groupCount; g += 1) starts[g + 1]! += starts[g] as number;
    const next = starts.slice();
    const rows = new Int32Array(this.count);
    for (let i = 0; i < this.count; i += 1) {
      const group = this.groups[i] as number;
      rows[next[group] as number] = this.rows[i] as number;
      next[group]! += 1;
    }
    return new PostingLists(starts, rows);
  }
}

export class PostingLists {
  private readonly starts: Int32Array;
  private readonly rows: Int32Array;

  constructor(starts: Int32Array, rows: Int32Array) {
    this.starts = starts;
    this.rows = rows;
  }

  /** All rows of a group; a view. */
  list(group: number): Int32Array {
    return this.rows.subarray(this.starts[group] ?? 0, this.starts[group + 1] ?? 0);
  }

  /** Rows of a group within [first, end); a view. */
  listWithin(group: number, range: RowRange): Int32Array {
    const list = this.list(group);
    return list.subarray(lowerBound(list, range.first), lowerBound(list, range.end));
  }
}

function lowerBound(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
