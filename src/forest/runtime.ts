/**
 * Which engine can run here: WebAssembly needs SIMD and memory shared among threads.
 */
import { wasm } from './shared-wasm.ts';
import { compileKernel } from './training-kernel.ts';

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
