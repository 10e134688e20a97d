/**
 * The log of a server: a line of JSON for each request and each event of the service, on standard error or in a file.
 *
 * Choice  a log that cannot be written stops no answer: what must not be lost is in the audit trail
 * Choice  a file is opened before the server starts, so that a wrong path is told then; it is for its owner alone, and only ever added to
 */
import { openSync } from 'node:fs';
import type { Logger } from 'pino';

export interface ServerLog {
  readonly logger: Logger;
  /** Writes what waits. */
  end(): void;
}

/**
 * @param where  path of a file; `-` is standard error
 * @throws the file system's own error
 */
export async function openServerLog(where: string): Promise<ServerLog> {
  const { destination, pino } = await import('pino');
  const stream = destination({ dest: where === '-' ? 2 : openSync(where, 'a', 0o600), sync: false });
  // A reader that is gone, or a full disk.
  stream.on('error', () => undefined);
  return {
    logger: pino({ timestamp: pino.stdTimeFunctions.isoTime }, stream),
    end: () => {
      try {
        stream.flushSync();
      } catch {
        // As above.
      }
    },
  };
}
