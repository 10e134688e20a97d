/**
 * What a person should know before a long training: that it will take longer here than elsewhere.
 */
import type { Terminal } from './terminal.ts';

/** @param engine  as --engine names it; only the histogram engine has a faster form */
export async function tellRuntime(terminal: Pick<Terminal, 'note'>, engine = 'histogram'): Promise<void> {
  const { runtimeNotice } = await import('../forest/index.ts');
  const notice = engine === 'histogram' ? runtimeNotice() : null;
  if (notice !== null) terminal.note(notice);
}
