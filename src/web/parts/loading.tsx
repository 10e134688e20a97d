/**
 * What stands where an answer will be: what is being done, how far it is.
 */
import type { VNode } from 'preact';
import type { Progress } from '../api/answers.ts';
import { count } from '../text/number-text.ts';

export function Loading({ what, progress = null }: { readonly what: string; readonly progress?: Progress | null }): VNode {
  const total = progress?.total ?? null;
  const told = progress === null || total === null ? what : `${what}: ${count(progress.done)} of ${count(total)}`;
  return (
    <div class="loading">
      <p>{told} …</p>
      {progress === null || total === null ? (
        <progress aria-label={what} />
      ) : (
        <progress aria-label={what} max={Math.max(1, total)} value={progress.done} />
      )}
    </div>
  );
}
