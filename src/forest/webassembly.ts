/**
 * What is used of WebAssembly, which the language's own library of types leaves to browsers: modules, instances and memories, shared among threads or
 * not.
 */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  /** @returns the pages it had before. @throws {RangeError} when there is not that much */
  grow(pages: number): number;
}

/** One that threads share. */
export interface SharedMemory extends WasmMemory {
  readonly buffer: SharedArrayBuffer;
}

/** Opaque; can be sent to a thread. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}

/** In pages. */
interface MemorySize {
  readonly initial: number;
  readonly maximum: number;
}

export interface Wasm {
  readonly compile: (bytes: Uint8Array) => Promise<WasmModule>;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ) => { readonly exports: unknown };
  readonly Memory: {
    new (size: MemorySize & { readonly shared: true }): SharedMemory;
    new (size: MemorySize): WasmMemory;
  };
}

/** Bytes of a page. */
export const pageBytes = 65_536;
/** Most pages of a memory: 4 GiB. */
export const mostPages = 65_536;

/** @returns undefined where there is none */
export function findWasm(): Wasm | undefined {
  return (globalThis as unknown as { readonly WebAssembly?: Wasm }).WebAssembly;
}

/** @throws {TypeError} where there is none */
export function wasm(): Wasm {
  const found = findWasm();
  if (found === undefined) throw new TypeError('expected WebAssembly, this system has none');
  return found;
}
