/**
 * Which of the two forms of the histogram engine grows a forest.
 */
import { ForestError } from '../errors.ts';
import type { Grow } from './engine.ts';
import { growWithKernel } from './kernel-engine.ts';
import { hasWasmThreads, withoutWasm, withoutWasmCause } from './runtime.ts';
import { growWithTypeScript } from './typescript-engine.ts';

/** As in TrainingRun (./train.ts). */
export interface EngineWish {
  readonly runtime?: 'auto' | 'wasm' | 'typescript';
  readonly onNotice?: (text: string) => void;
}

/**
 * @param has  whether WebAssembly with SIMD and threads is at hand; asked only where it matters
 * @throws {ForestError} FOREST_RUNTIME where "wasm" was asked for and is not to be had
 */
export function chooseEngine({ runtime = 'auto', onNotice }: EngineWish, has = hasWasmThreads): Grow {
  if (runtime === 'typescript') return growWithTypeScript;
  if (has()) return growWithKernel;
  if (runtime === 'wasm') {
    throw new ForestError(
      'FOREST_RUNTIME',
      'runtime "wasm": expected WebAssembly with SIMD and threads, this system lacks them; train with runtime "typescript" or "auto"',
      { cause: withoutWasmCause() },
    );
  }
  onNotice?.(withoutWasm);
  return growWithTypeScript;
}
