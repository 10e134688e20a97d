/**
 * Lines as runs: lines that lie beside each other in memory become one piece, so that most of a file is passed on without being copied.
 */
export interface LineRuns {
  add(bytes: Buffer): void;
  /** Everything added, in order, in as few pieces as there are. */
  all(): readonly Buffer[];
}

export function createRuns(): LineRuns {
  const runs: Buffer[] = [];
  let source: ArrayBufferLike | null = null;
  let from = 0;
  let to = 0;
  const close = (): void => {
    if (source !== null && to > from) runs.push(Buffer.from(source, from, to - from));
  };
  return {
    add(bytes) {
      if (bytes.buffer === source && bytes.byteOffset === to) to += bytes.length;
      else {
        close();
        source = bytes.buffer;
        from = bytes.byteOffset;
        to = from + bytes.length;
      }
    },
    all() {
      close();
      source = null;
      return runs;
    },
  };
}
