/** Arrays on disk: the bytes that NumPy's format version 1.0 asks for. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { npyHeader, writeBytes, writeColumns, writeRows } from '../../../scripts/bench/npy.ts';

const folder = mkdtempSync(join(tmpdir(), 'npy-'));
afterAll(() => rmSync(folder, { recursive: true }));
const columns = [Float64Array.of(1, 2, NaN), Float64Array.of(4, 5, 6)];

/** Data after the header. */
function floats(path: string): number[] {
  const bytes = readFileSync(path);
  return Array.from(new Float32Array(Uint8Array.from(bytes.subarray(10 + bytes.readUInt16LE(8))).buffer));
}

it('the header names type, order and shape, and ends at a multiple of 64', () => {
  const header = npyHeader('<f4', [3, 2], true);
  expect(header.toString('latin1', 0, 8)).toBe('\x93NUMPY\x01\x00');
  expect(header.length % 64).toBe(0);
  expect(header.readUInt16LE(8)).toBe(header.length - 10);
  expect(header.toString('latin1', 10).trim()).toBe("{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }");
  expect(header.at(-1)).toBe(10);
  expect(npyHeader('|u1', [3], false).toString('latin1')).toContain("'shape': (3,)");
});

it('writes columns together, rows together, and bytes', () => {
  const path = join(folder, 'a.npy');
  writeColumns(path, columns);
  expect(floats(path)).toEqual([1, 2, NaN, 4, 5, 6]);
  writeRows(path, columns);
  expect(floats(path)).toEqual([1, 4, 2, 5, NaN, 6]);
  writeBytes(path, Uint8Array.of(0, 1, 1));
  expect([...readFileSync(path).subarray(-3)]).toEqual([0, 1, 1]);
});
