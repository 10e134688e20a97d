/**
 * A set of byte strings, numbered 0, 1, 2, … in the order they were first seen.
 *
 * A million ids in a JavaScript Map are a hundred megabytes of small objects; here they are one byte array and a few integers
 * each, outside the garbage collector's work.
 *
 * Method  open addressing with linear probing, load at most one half; FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv)
 */
export class KeyTable {
  /** Key number + 1 by hash slot; 0 is empty. */
  private slots = new Int32Array(1024);
  private arena = Buffer.allocUnsafeSlow(16 * 1024);
  /** Key k is arena[ends[k - 1] .. ends[k]). */
  private ends = new Float64Array(512);
  private hashes = new Uint32Array(512);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The number of this key, new if it was not seen before (then it equals the old `size`). */
  intern(bytes: Uint8Array, start = 0, end = bytes.length): number {
    const hash = hashOf(bytes, start, end);
    const slot = this.slotOf(hash, bytes, start, end);
    const held = this.slots[slot] as number;
    if (held !== 0) return held - 1;
    this.append(hash, bytes, start, end);
    this.slots[slot] = this.count;
    if (this.count * 2 > this.slots.length) this.rehash();
    return this.count - 1;
  }

  /** The number of this key, -1 if it was never interned. */
  find(bytes: Uint8Array, start = 0, end = bytes.length): number {
    return (this.slots[this.slotOf(hashOf(bytes, start, end), bytes, start, end)] as number) - 1;
  }

  /** The text of key k; keys here are ASCII. */
  textOf(key: number): string {
    return this.arena.toString('latin1', this.startOf(key), this.ends[key]);
  }

  private slotOf(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const held = this.slots[slot] as number;
      if (held === 0 || (this.hashes[held - 1] === hash && this.equals(held - 1, bytes, start, end))) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private startOf(key: number): number {
    return key === 0 ? 0 : (this.ends[key - 1] as number);
  }

  private equals(key: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.startOf(key);
    const length = end - start;
    if ((this.ends[key] as number) - from !== length) return false;
    for (let i = 0; i < length; i += 1) if (this.arena[from + i] !== bytes[start + i]) return false;
    return true;
  }

  private append(hash: number, bytes: Uint8Array, start: number, end: number): void {
    const from = this.startOf(this.count);
    const to = from + end - start;
    if (to > this.arena.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(to, this.arena.length * 2));
      this.arena.copy(larger, 0, 0, from);
      this.arena = larger;
    }
    this.arena.set(bytes.subarray(start, end), from);
    if (this.count === this.ends.length) {
      const ends = new Float64Array(this.count * 2);
      ends.set(this.ends);
      this.ends = ends;
      const hashes = new Uint32Array(this.count * 2);
      hashes.set(this.hashes);
      this.hashes = hashes;
    }
    this.hashes[this.count] = hash;
    this.ends[this.count] = to;
    this.count += 1;
  }

  private rehash(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let key = 0; key < this.count; key += 1) {
      let slot = (this.hashes[key] as number) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = key + 1;
    }
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i += 1) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  // FNV's low bits are its weakest; the table masks with them.
  return (hash ^ (hash >>> 15)) >>> 0;
}
