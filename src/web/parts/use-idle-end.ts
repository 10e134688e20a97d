/**
 * Clears the page when nobody has used it for a while, also when the tab was hidden or the machine asleep meanwhile.
 */
import { useEffect } from 'preact/hooks';
import { IdleClock } from '../state/idle-clock.ts';
import type { PageState } from '../state/page-state.ts';

const CHECK_MS = 5000;
const uses = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

export function useIdleEnd(state: PageState): void {
  useEffect(() => {
    const clock = new IdleClock(() => Date.now());
    const check = (): void => {
      if (state.session.value.phase === 'open' && clock.isOver) state.clear(true);
    };
    const use = (): void => {
      // What woke the page up does not make up for the time before.
      check();
      clock.use();
    };
    const timer = setInterval(check, CHECK_MS);
    for (const kind of uses) window.addEventListener(kind, use, { passive: true, capture: true });
    document.addEventListener('visibilitychange', check);
    window.addEventListener('pageshow', check);
    return () => {
      clearInterval(timer);
      for (const kind of uses) window.removeEventListener(kind, use, { capture: true });
      document.removeEventListener('visibilitychange', check);
      window.removeEventListener('pageshow', check);
    };
  }, [state]);
}
