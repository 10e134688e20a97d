/**
 * Ctrl-C: the first asks the work to stop where nothing is half-written, the second ends the process.
 */
const controller = new AbortController();

export const interruption = {
  signal: controller.signal,
  install(): void {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        const code = name === 'SIGINT' ? 130 : 143;
        if (controller.signal.aborted) process.exit(code);
        process.stderr.write('\nreadmission: stopping; once more ends at once\n');
        process.exitCode = code;
        controller.abort();
      });
    }
  },
};
