/**
 * Arrays on disk as .npy, the format that NumPy maps straight into memory.
 *
 * Choice  float32 for values: the libraries compared work in float32, and the tables hold nothing that float32 cannot
 * Source  numpy.lib.format, version 1.0: magic, version, header length, a Python dictionary padded so that data starts at a multiple of 64
 */
import { closeSync, openSync, writeSync } from 'node:fs';

/** @param shape  lengths of the axes; `fortran` when the first axis runs fastest, as columns of a table do */
export function npyHeader(type: '<f4' | '|u1', shape: readonly number[], fortran: boolean): Buffer {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${axes}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = Buffer.alloc(length, ' ');
  header.set([0x93, ...Buffer.from('NUMPY'), 1, 0]);
  header.writeUInt16LE(length - 10, 8);
  header.write(text, 10, 'latin1');
  header[length - 1] = 10;
  return header;
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; done += writeSync(file, bytes, done));
}

const bytesOf = (array: Float32Array | Uint8Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

function writeArrays(path: string, header: Buffer, arrays: Iterable<Float32Array | Uint8Array>): void {
  const file = openSync(path, 'w');
  try {
    writeAll(file, header);
    for (const array of arrays) writeAll(file, bytesOf(array));
  } finally {
    closeSync(file);
  }
}

/** A table of `rows` x columns, one column after the other: how columns are read for training. */
export function writeColumns(path: string, columns: readonly Float64Array[]): void {
  const rows = columns[0]?.length ?? 0;
  writeArrays(
    path,
    npyHeader('<f4', [rows, columns.length], true),
    (function* () {
      for (const column of columns) yield Float32Array.from(column);
    })(),
  );
}

/** The same, one row after the other: how rows are read for prediction. */
export function writeRows(path: string, columns: readonly Float64Array[]): void {
  const rows = columns[0]?.length ?? 0;
  const header = npyHeader('<f4', [rows, columns.length], false);
  writeArrays(
    path,
    header,
    (function* () {
      for (let from = 0; from < rows; from += 4096) {
        const some = Math.min(4096, rows - from);
        const block = new Float32Array(some * columns.length);
        columns.forEach((column, f) => {
          for (let r = 0; r < some; r++) block[r * columns.length + f] = column[from + r]!;
        });
        yield block;
      }
    })(),
  );
}

/** One byte per row. */
export function writeBytes(path: string, values: Uint8Array): void {
  writeArrays(path, npyHeader('|u1', [values.length], false), [values]);
}
