import { describe, expect, test } from '@jest/globals';
import { littleEndian, ProtobufWriter } from '../../src/interchange/protobuf-writer.ts';
import { Message, numbersOf } from './protobuf-reader.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('protobuf writer', () => {
  test('writes the examples of the encoding guide', () => {
    expect(hex(new ProtobufWriter().int(1, 150).finish())).toBe('089601');
    expect(hex(new ProtobufWriter().text(2, 'testing').finish())).toBe('120774657374696e67');
    expect(hex(new ProtobufWriter().message(3, (inner) => inner.int(1, 150)).finish())).toBe('1a03089601');
    expect(hex(new ProtobufWriter().ints(6, [3, 270, 86942]).finish())).toBe('3206038e029ea705');
  });

  test('is read back, whatever the size', () => {
    const ints = [0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER];
    const long = Uint8Array.from({ length: 70_000 }, (_, i) => i % 251);
    const written = new ProtobufWriter();
    for (const value of ints) written.int(1, value);
    written.ints(2, ints).text(3, 'Größe ≤ 5').bytes(4, long).floats(19, [0.1, -2, Infinity]);
    written.message(5, (inner) => inner.message(1, (most) => most.bytes(2, long)).text(3, 'end'));
    const read = new Message(written.finish());
    expect([read.ints(1), read.ints(2), read.text(3)]).toEqual([ints, ints, 'Größe ≤ 5']);
    expect(read.floats(19)).toEqual([Math.fround(0.1), -2, Infinity]);
    expect(Buffer.compare(read.all(4)[0]!, long)).toBe(0);
    expect(read.message(5).text(3)).toBe('end');
    expect(Buffer.compare(read.message(5).message(1).all(2)[0]!, long)).toBe(0);
  });

  test('refuses numbers that it has no form for', () => {
    for (const value of [-1, 1.5, NaN, 2 ** 53]) expect(() => new ProtobufWriter().int(1, value)).toThrow(RangeError);
    expect(() => new ProtobufWriter().ints(1, [3, -1])).toThrow('found -1');
  });

  test('writes the numbers of a tensor little-endian', () => {
    expect(hex(littleEndian([1, -2], 'float32'))).toBe('0000803f000000c0');
    expect(hex(littleEndian([1], 'double'))).toBe('000000000000f03f');
    expect(hex(littleEndian([1, 258], 'int64'))).toBe('01000000000000000201000000000000');
    expect(numbersOf(littleEndian([0, 200], 'uint8'), 2)).toEqual([0, 200]);
  });
});
