/**
 * Which engine can run here: WebAssembly needs SIMD and memory shared among threads.
 */
import { wasm } from './webassembly.ts';
import { compileKernel } from './training-kernel.ts';

/** What a person may want to know where it is missing. */
export const withoutWasm =
  'This system lacks WebAssembly with SIMD or threads; the forest is grown by the TypeScript engine, which gives the same forest in several times the time.';

let known: { readonly has: boolean; readonly cause?: unknown } | undefined;

/** Whether this system compiles the kernel and can share its memory; found out once. */
export function hasWasmThreads(): boolean {
  return (known ??= findWasmThreads()).has;
}

/** What went wrong where it is missing, for who asks why. */
export function withoutWasmCause(): unknown {
  return known?.cause;
}

function findWasmThreads(): { readonly has: boolean; readonly cause?: unknown } {
  try {
    compileKernel();
    return { has: new (wasm().Memory)({ initial: 1, maximum: 1, shared: true }).buffer instanceof SharedArrayBuffer };
  } catch (cause) {
    return { has: false, cause };
  }
}

/** The sentence to tell before a long run; null where WebAssembly is at hand. */
export function runtimeNotice(): string | null {
  return hasWasmThreads() ? null : withoutWasm;
}
