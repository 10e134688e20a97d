/**
 * The scorer's WebAssembly module: compiled once per process, one instance with a memory of its own for each prepared forest.
 *
 * Choice  where WebAssembly, its 128-bit vectors or the memory cannot be had, there is no instance and the caller computes in TypeScript
 */
import { scorerBytes } from './generated/scorer-bytes.ts';
import { findWasm, mostPages, pageBytes } from './webassembly.ts';
import type { Wasm, WasmMemory, WasmModule } from './webassembly.ts';

/** As assembly/scorer.ts exports them; every argument is a byte offset or a count. */
interface ScorerExports {
  attribute(trees: number, count: number, row: number, slots: number, states: number, sums: number): void;
  interact(
    trees: number,
    count: number,
    row: number,
    columns: number,
    states: number,
    scratch: number,
    mostNodes: number,
    mostVectors: number,
    sums: number,
    pairs: number,
  ): void;
  encode(values: number, rows: number, start: number, end: number, codes: number, group: number): void;
  encodeRow(values: number, columns: number, borders: number, codes: number): void;
  predictRow(roots: number, trees: number, codes: number, valueShift: number): number;
  predictRows(roots: number, trees: number, codes: number, groups: number, group: number, sums: number, valueShift: number): void;
}

export interface ScorerInstance {
  readonly exports: ScorerExports;
  readonly memory: WasmMemory;
}

let compiled: WasmModule | undefined;
let compiledShared: WasmModule | undefined;

/** Compiles without holding up the caller's thread, as a page's main thread should not be. What fails here shows where an instance is asked for. */
export async function prepareScorer(): Promise<void> {
  compiled ??= await findWasm()
    ?.compile(moduleBytes())
    .catch(() => undefined);
}

/** @returns an instance with a memory of its own; undefined where the computer or browser cannot run it */
export function instantiateScorer(): ScorerInstance | undefined {
  const wasm = findWasm();
  if (wasm === undefined) return undefined;
  try {
    compiled ??= new wasm.Module(moduleBytes());
    return instanceOf(wasm, compiled, new wasm.Memory({ initial: 1, maximum: mostPages }));
  } catch {
    return undefined;
  }
}

/**
 * @param memory  that another thread made; a new one when absent
 * @returns       an instance whose memory threads can share; undefined where there is no such memory
 */
export function instantiateSharedScorer(memory?: WasmMemory): ScorerInstance | undefined {
  const wasm = findWasm();
  if (wasm === undefined) return undefined;
  try {
    compiledShared ??= new wasm.Module(importingSharedMemory(moduleBytes()));
    return instanceOf(wasm, compiledShared, memory ?? new wasm.Memory({ initial: 1, maximum: mostPages, shared: true }));
  } catch {
    return undefined;
  }
}

function instanceOf({ Instance }: Wasm, module: WasmModule, memory: WasmMemory): ScorerInstance {
  const { exports } = new Instance(module, { env: { memory } });
  return { exports: exports as ScorerExports, memory };
}

function moduleBytes(): Uint8Array {
  return Uint8Array.from(atob(scorerBytes), (c) => c.charCodeAt(0));
}

/**
 * A module is given only the kind of memory it says it imports, and says so in one byte: 1 for a memory with a largest size, 3 for one that is also
 * shared. Reading, and writing what no other thread reads, is the same in both.
 */
function importingSharedMemory(bytes: Uint8Array): Uint8Array {
  const memoryImport = [3, ...new TextEncoder().encode('env'), 6, ...new TextEncoder().encode('memory'), 2, 1];
  const at = bytes.findIndex((_, i) => memoryImport.every((byte, k) => bytes[i + k] === byte));
  bytes[at + memoryImport.length - 1] = 3;
  return bytes;
}

/**
 * Grows the memory by regions that no other thread gets. Earlier views of a memory that is not shared are void.
 *
 * @param sizes  in bytes
 * @returns      where each begins, a multiple of 16; all bytes are 0
 * @throws {RangeError} when there is not that much
 */
export function allot(memory: WasmMemory, sizes: readonly number[]): number[] {
  const rounded = sizes.map((size) => Math.ceil(size / 16) * 16);
  const bytes = rounded.reduce((sum, size) => sum + size, 0);
  let next = memory.grow(Math.ceil(bytes / pageBytes)) * pageBytes;
  return rounded.map((size) => {
    next += size;
    return next - size;
  });
}
