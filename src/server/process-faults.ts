/**
 * Errors that nobody foresaw and no request caused: the process ends in order, and a supervisor starts it anew.
 *
 * Choice  after such an error the state of the process is not known, so it takes no more requests; those under way are finished, and their audit
 *         entries are on disk
 * Choice  the log tells where it arose and never its message, which may quote a record
 */
import type { Logger } from 'pino';
import { codeOf } from './operation-outcome.ts';
import { placesOf } from './request-record.ts';

/**
 * @param server   that is closed first
 * @param ended    called when it is closed, before the process ends with exit code 1
 */
export function endOnFault(
  server: { close(): Promise<void> },
  logger: Logger | undefined,
  ended: () => void = () => undefined,
): void {
  let isEnding = false;
  const end = (kind: string, error: unknown): void => {
    const code = codeOf(error);
    logger?.fatal({ kind, code, at: placesOf(error) ?? [] }, 'unforeseen error');
    if (isEnding) return;
    isEnding = true;
    void server
      .close()
      .catch(() => undefined)
      .finally(() => {
        ended();
        process.exit(1);
      });
  };
  process.on('uncaughtException', (error) => end('uncaughtException', error));
  process.on('unhandledRejection', (error) => end('unhandledRejection', error));
}
