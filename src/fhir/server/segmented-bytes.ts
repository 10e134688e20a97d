/**
 * A list of byte strings kept in a few large buffers: item i costs its bytes and 12 more.
 */
const segmentBytes = 16 * 1024 * 1024;

export class SegmentedBytes {
  private readonly segments: Buffer[] = [];
  private used = segmentBytes;
  private count = 0;
  private segmentOf = new Uint32Array(1024);
  private startOf = new Uint32Array(1024);
  private lengthOf = new Uint32Array(1024);
  /** Bytes of all items. */
  byteLength = 0;

  push(bytes: Uint8Array): void {
    const current = this.segments.at(-1);
    let segment = current;
    if (segment === undefined || this.used + bytes.length > segment.length) {
      segment = Buffer.allocUnsafeSlow(Math.max(segmentBytes, bytes.length));
      this.segments.push(segment);
      this.used = 0;
    }
    segment.set(bytes, this.used);
    if (this.count === this.segmentOf.length) {
      this.segmentOf = doubled(this.segmentOf);
      this.startOf = doubled(this.startOf);
      this.lengthOf = doubled(this.lengthOf);
    }
    this.segmentOf[this.count] = this.segments.length - 1;
    this.startOf[this.count] = this.used;
    this.lengthOf[this.count] = bytes.length;
    this.count += 1;
    this.used += bytes.length;
    this.byteLength += bytes.length;
  }

  /** Item i, a view. */
  item(index: number): Buffer {
    const segment = this.segments[this.segmentOf[index] ?? -1];
    if (segment === undefined || index >= this.count) throw new RangeError(`item ${index} of ${this.count}`);
    const start = this.startOf[index] as number;
    return segment.subarray(start, start + (this.lengthOf[index] as number));
  }
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
