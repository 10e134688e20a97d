/**
 * Which engine can run here: WebAssembly needs SIMD and memory shared among threads.
 */
import { wasm } from './shared-wasm.ts';
import { compileKernel } from './training-kernel.ts';

/** What a person may want to know where it is missing. */
export const withoutWasm =
  'This system lacks WebAssembly with SIMD or threads; the forest is grown by the TypeScript engine, which gives the same forest in several times the time.';

let known: boolean | undefined;

/** Whether this system compiles the kernel and can share its memory; found out once. */
export function hasWasmThreads(): boolean {
  return (known ??= findWasmThreads());
}

function findWasmThreads(): boolean {
  try {
    compileKernel();
    return new (wasm().Memory)({ initial: 1, maximum: 1, shared: true }).buffer instanceof SharedArrayBuffer;
  } catch {
    return false;
  }
}

/** The sentence to tell before a long run; null where WebAssembly is at hand. */
export function runtimeNotice(): string | null {
  return hasWasmThreads() ? null : withoutWasm;
}
