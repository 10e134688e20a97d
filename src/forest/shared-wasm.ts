/**
 * What is used of WebAssembly for training, which the language's own library of types leaves to browsers: a module, instances on one memory shared by
 * threads.
 */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

/** Opaque; can be sent to a thread. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}

export interface Wasm {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: { env: { memory: SharedMemory } }) => { readonly exports: unknown };
  readonly Memory: new (size: { initial: number; maximum: number; shared: true }) => SharedMemory;
}

/** @throws {TypeError} where there is no WebAssembly */
export function wasm(): Wasm {
  const found = (globalThis as { readonly WebAssembly?: Wasm }).WebAssembly;
  if (found === undefined) throw new TypeError('expected WebAssembly, this system has none');
  return found;
}
