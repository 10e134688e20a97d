/** Protocol Buffers, read: a message as its fields, each a list of numbers (wire type 0) or bytes (wire type 2), for a reader that knows which is which. */
export class Message {
  readonly #fields = new Map<number, (number | Uint8Array)[]>();

  constructor(bytes: Uint8Array) {
    const reader = new Reader(bytes);
    while (!reader.ended) {
      const tag = reader.varint();
      const [field, wire] = [tag >> 3, tag & 7];
      if (wire !== 0 && wire !== 2) throw new Error(`expected wire type 0 or 2, found ${wire} of field ${field}`);
      const list = this.#fields.get(field) ?? [];
      list.push(wire === 0 ? reader.varint() : reader.take(reader.varint()));
      this.#fields.set(field, list);
    }
  }

  fields(): number[] {
    return [...this.#fields.keys()];
  }

  all(field: number): Uint8Array[] {
    return (this.#fields.get(field) ?? []) as Uint8Array[];
  }

  messages(field: number): Message[] {
    return this.all(field).map((bytes) => new Message(bytes));
  }

  message(field: number): Message {
    return this.messages(field)[0] ?? new Message(new Uint8Array());
  }

  text(field: number): string {
    return this.texts(field)[0] ?? '';
  }

  texts(field: number): string[] {
    return this.all(field).map((bytes) => new TextDecoder().decode(bytes));
  }

  int(field: number): number {
    return (this.#fields.get(field)?.[0] as number | undefined) ?? 0;
  }

  /** Whole numbers, packed or one by one. */
  ints(field: number): number[] {
    return (this.#fields.get(field) ?? []).flatMap((value) => {
      if (typeof value === 'number') return [value];
      const [reader, list] = [new Reader(value), [] as number[]];
      while (!reader.ended) list.push(reader.varint());
      return list;
    });
  }

  /** Packed float32. */
  floats(field: number): number[] {
    return this.all(field).flatMap((bytes) => numbersOf(bytes, 1));
  }
}

/** Raw numbers of a tensor. @param type  1 float32, 2 uint8, 7 int64, 11 double */
export function numbersOf(bytes: Uint8Array, type: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = { 1: 4, 2: 1, 7: 8, 11: 8 }[type] ?? NaN;
  return Array.from({ length: bytes.length / width }, (_, i) => {
    if (type === 1) return view.getFloat32(4 * i, true);
    if (type === 2) return view.getUint8(i);
    return type === 7 ? Number(view.getBigInt64(8 * i, true)) : view.getFloat64(8 * i, true);
  });
}

class Reader {
  #at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at === this.#bytes.length;
  }

  varint(): number {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.take(1)[0]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(value);
    }
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length)
      throw new Error(`expected ${length} bytes at ${this.#at} of ${this.#bytes.length}, found the end`);
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
