/**
 * Ctrl-C: the first asks the work to stop where nothing is half-written, the second ends the process, unless its end is near by itself.
 */
const controller = new AbortController();

export interface Interruption {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Listens from now on. */
  install(): void;
  /** The work ends within seconds of the first: those after it are passed over, so that nothing under way is lost. */
  endsByItself(): void;
}

let isBounded = false;

export const interruption: Interruption = {
  signal: controller.signal,
  install(): void {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        const code = name === 'SIGINT' ? 130 : 143;
        if (controller.signal.aborted && isBounded) return;
        if (controller.signal.aborted) process.exit(code);
        process.stderr.write(`\nreadmission: stopping${isBounded ? '' : '; once more ends at once'}\n`);
        process.exitCode = code;
        controller.abort();
      });
    }
  },
  endsByItself(): void {
    isBounded = true;
  },
};
