/**
 * A risk as so many of a hundred: filled squares beside empty ones, so that it can be counted.
 */
import type { VNode } from 'preact';
import { counted, percent } from '../text/number-text.ts';

const STEP = 13;
const ACROSS = 20;

export function IconArray({ risk, baseRate }: { readonly risk: number; readonly baseRate: number }): VNode {
  const [filled, usual] = [Math.round(100 * risk), Math.round(100 * baseRate)];
  const words = `Of 100 discharges with a risk of ${percent(risk)}, about ${filled} return; of 100 of all, about ${usual}.`;
  return (
    <div class="icons">
      <svg viewBox={`0 0 ${ACROSS * STEP} ${(100 / ACROSS) * STEP}`} role="img" aria-label={words}>
        {Array.from({ length: 100 }, (_, i) => (
          <rect
            key={i}
            x={(i % ACROSS) * STEP + 1.5}
            y={Math.floor(i / ACROSS) * STEP + 1.5}
            width="10"
            height="10"
            rx="1.5"
            class={i < filled ? 'returns' : 'stays'}
          />
        ))}
      </svg>
      <p class="note">
        Of 100 such discharges about <strong>{counted(filled, 'returns', 'return')}</strong>; of 100 of all about {usual}.
      </p>
    </div>
  );
}
