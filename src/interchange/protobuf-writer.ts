/**
 * Protocol Buffers, written: the few wire forms that an ONNX file needs.
 *
 * Form    each field is a tag (number · 8 + wire type) and its value: wire type 0 a varint, 2 a length and that many bytes
 * Choice  whole numbers are not negative and at most 2^53 - 1, which is all that ONNX asks of a forest; lists of them are packed
 * Choice  a message within a message is written apart and copied, so that its length is known
 * Source  https://protobuf.dev/programming-guides/encoding
 */
const utf8 = new TextEncoder();

export class ProtobufWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** @throws {RangeError} for a number that is negative, fractional or above 2^53 - 1 */
  int(field: number, value: number): this {
    this.#tag(field, 0);
    return this.#varint(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, 2);
    this.#varint(value.length);
    return this.#raw(value);
  }

  /** A message, its fields written by `write`. */
  message(field: number, write: (message: ProtobufWriter) => void): this {
    const message = new ProtobufWriter();
    write(message);
    this.#tag(field, 2);
    this.#varint(message.#length);
    return this.#raw(message.#bytes.subarray(0, message.#length));
  }

  /** A packed list of whole numbers. */
  ints(field: number, values: ArrayLike<number>): this {
    const list = new ProtobufWriter();
    for (let i = 0; i < values.length; i++) list.#varint(values[i]!);
    return this.bytes(field, list.#bytes.subarray(0, list.#length));
  }

  /** A packed list of float32. */
  floats(field: number, values: ArrayLike<number>): this {
    return this.bytes(field, littleEndian(values, 'float32'));
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`expected a whole number from 0 to 2^53 - 1, found ${value}`);
    this.#reserve(8);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) + 128;
    this.#bytes[this.#length++] = rest;
    return this;
  }

  #raw(value: Uint8Array): this {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Numbers as the bytes of a tensor. */
export function littleEndian(values: ArrayLike<number>, type: 'float32' | 'double' | 'uint8' | 'int64'): Uint8Array {
  if (type === 'uint8') return Uint8Array.from(values);
  const width = type === 'float32' ? 4 : 8;
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) {
    if (type === 'double') view.setFloat64(i * width, values[i]!, true);
    else if (type === 'float32') view.setFloat32(i * width, values[i]!, true);
    else view.setBigInt64(i * width, BigInt(values[i]!), true);
  }
  return bytes;
}
