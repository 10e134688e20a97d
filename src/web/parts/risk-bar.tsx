/**
 * A risk on a line: its interval, the base rate as a tick. The numbers stand beside it; the drawing is for the eye.
 */
import type { VNode } from 'preact';

export interface RiskBarProps {
  readonly risk: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly baseRate: number;
  /** Risk at the right end. */
  readonly end: number;
}

const WIDTH = 132;

export function RiskBar({ risk, interval, baseRate, end }: RiskBarProps): VNode {
  const x = (share: number): number => Math.round(10 * WIDTH * Math.min(1, share / end)) / 10;
  return (
    <svg class="risk-bar" width={WIDTH + 8} height="16" viewBox={`-4 -8 ${WIDTH + 8} 16`} aria-hidden="true">
      <path class="track" d={`M0,0H${WIDTH}`} />
      <path class="base" d={`M${x(baseRate)},-7V7`} />
      {interval === null ? null : <path class="interval" d={`M${x(interval.low)},0H${x(interval.high)}`} />}
      <circle class="point" cx={x(risk)} cy="0" r="4" />
    </svg>
  );
}

/** Right end of a common scale: the next tenth beyond all risks and intervals. */
export function scaleEnd(
  rows: readonly { readonly risk: number; readonly interval: { readonly high: number } | null }[],
): number {
  const largest = rows.reduce((max, { risk, interval }) => Math.max(max, risk, interval?.high ?? 0), 0.1);
  return Math.min(1, Math.ceil(largest * 10 - 1e-9) / 10);
}
