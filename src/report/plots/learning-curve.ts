/**
 * Learning curve: AUROC by the number of patients learnt from. A curve that still rises says that more patients would help.
 */
import * as Plot from '@observablehq/plot';
import type { LearningPoint } from '../../evaluation/evidence.ts';
import type { Markup } from '../markup.ts';
import { count, isNumber } from '../number-text.ts';
import { blue, ink } from '../series-style.ts';
import { plotSvg, type Drawing } from './svg.ts';

export function learningCurveSvg(drawing: Drawing, points: readonly LearningPoint[]): Markup {
  const drawn = points.flatMap(({ patients, auroc: { estimate, lower, upper } }) =>
    isNumber(estimate) ? [{ patients, y: estimate, lower: lower ?? estimate, upper: upper ?? estimate }] : [],
  );
  const low = Math.min(0.5, ...drawn.map(({ lower }) => lower));
  const high = Math.max(0.6, ...drawn.map(({ upper }) => upper));
  return plotSvg(drawing, {
    width: 640,
    height: 320,
    marginLeft: 56,
    marginRight: 20,
    marginTop: 12,
    marginBottom: 46,
    x: {
      domain: [0, Math.max(1, ...drawn.map(({ patients }) => patients)) * 1.04],
      label: 'Patients learnt from',
      labelAnchor: 'center',
      labelArrow: 'none',
      tickFormat: (n: number) => count(n),
      ticks: 6,
    },
    y: { domain: [low - 0.01, high + 0.01], label: 'AUROC', labelAnchor: 'center', labelArrow: 'none', grid: true, ticks: 6 },
    marks: [
      Plot.ruleY([low - 0.01], { stroke: ink }),
      Plot.ruleX(drawn, { x: 'patients', y1: 'lower', y2: 'upper', stroke: blue, strokeWidth: 1.5 }),
      Plot.line(drawn, { x: 'patients', y: 'y', stroke: blue, strokeWidth: 2 }),
      Plot.dot(drawn, { x: 'patients', y: 'y', r: 4, fill: '#fff', stroke: blue, strokeWidth: 1.8 }),
    ],
  });
}
