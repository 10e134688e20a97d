/** The key table against a Map, and the field finder against JSON.parse. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findFields } from '../../../src/fhir/server/json-fields.ts';
import { KeyTable } from '../../../src/fhir/server/key-table.ts';
import { PostingListsBuilder } from '../../../src/fhir/server/posting-lists.ts';
import { SegmentedBytes } from '../../../src/fhir/server/segmented-bytes.ts';

test('numbers keys as a Map does, through several enlargements', () => {
  const table = new KeyTable();
  const map = new Map<string, number>();
  for (let i = 0; i < 20_000; i += 1) {
    const key = `Type/${(i * 7919) % 15_013}`;
    if (!map.has(key)) map.set(key, map.size);
    if (table.intern(Buffer.from(key)) !== map.get(key)) throw new Error(`wrong number for ${key}`);
  }
  expect(table.size).toBe(map.size);
  for (const [key, number] of map) {
    const found = table.find(Buffer.from(`xx${key}yy`), 2, 2 + key.length);
    if (table.textOf(number) !== key || found !== number) throw new Error(`lost ${key}`);
  }
  for (const absent of ['', 'Type/', 'Type/15013', 'type/1']) expect(table.find(Buffer.from(absent))).toBe(-1);
});

test('posting lists are the rows of each group, ascending', () => {
  const builder = new PostingListsBuilder();
  const expected: number[][] = Array.from({ length: 40 }, () => []);
  for (let row = 0; row < 3000; row += 1) {
    const group = (row * row) % 37;
    builder.add(group, row);
    expected[group]?.push(row);
  }
  const lists = builder.build(40);
  for (const [group, rows] of expected.entries()) {
    expect([...lists.list(group)]).toEqual(rows);
    expect([...lists.listWithin(group, { first: 100, end: 2000 })]).toEqual(rows.filter((row) => row >= 100 && row < 2000));
  }
});

test('items keep their bytes across segments', () => {
  const items = new SegmentedBytes();
  const sizes = [0, 1, 9_000_000, 9_000_000, 20_000_000, 5, ...Array.from({ length: 2000 }, (_, i) => i % 11)];
  for (const [i, size] of sizes.entries()) items.push(Buffer.alloc(size, i % 251));
  expect(sizes.every((size, i) => items.item(i).equals(Buffer.alloc(size, i % 251)))).toBe(true);
  expect(items.byteLength).toBe(sizes.reduce((a, b) => a + b));
  expect(() => items.item(sizes.length)).toThrow(RangeError);
});

describe('fields of a JSON object', () => {
  const names = ['id', 'subject', 'a"b'];
  const keys = names.map((name) => Buffer.from(JSON.stringify(name).slice(1, -1)));
  const find = (text: string): (string | undefined)[] | null => {
    const bytes = Buffer.from(`##${text}##`);
    const spans = new Int32Array(2 * keys.length);
    if (findFields(bytes, 2, bytes.length - 2, keys, spans) < 0) return null;
    return names.map((_, k) => (spans[2 * k] === -1 ? undefined : bytes.toString('utf8', spans[2 * k], spans[2 * k + 1])));
  };

  test('agree with JSON.parse on any object, however spaced', () => {
    const name = fc.constantFrom(...names, 'other', 'ID', '');
    const object = fc.dictionary(name, fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(object, fc.constantFrom(0, 1, '\t', ' \r\n'), (value, indent) => {
        const found = find(JSON.stringify(value, null, indent));
        const parsed = found?.map((text) => (text === undefined ? undefined : (JSON.parse(text) as unknown)));
        expect(parsed).toEqual(names.map((n) => (Object.hasOwn(value, n) ? JSON.parse(JSON.stringify(value[n])) : undefined)));
      }),
      { numRuns: 300, seed: 20261124 },
    );
  });

  test.each(['', '[]', '5', '"id"', '{', '{"id"', '{"x":1', '{"x":[1', '{"x" 1}', '{x:1}', '{"x":1,}', '{"x":"\\"}'])(
    '%j is no object',
    (text) => {
      expect(find(text)).toBeNull();
    },
  );
});
