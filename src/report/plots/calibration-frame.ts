/**
 * What every calibration curve is drawn upon: both axes from 0, and the dashed diagonal on which the risks were right.
 */
import * as Plot from '@observablehq/plot';
import { ink, muted } from '../series-style.ts';

/** @param end  largest risk and share that are drawn */
export function calibrationFrame(end: number): Plot.Markish[] {
  return [
    Plot.ruleY([0], { stroke: ink }),
    Plot.ruleX([0], { stroke: ink }),
    Plot.line(
      [
        { x: 0, y: 0 },
        { x: end, y: end },
      ],
      { x: 'x', y: 'y', stroke: muted, strokeDasharray: '5 4' },
    ),
  ];
}
