/**
 * Calibration before and after: two smoothed curves over one diagonal.
 */
import * as Plot from '@observablehq/plot';
import type { CalibrationEvidence } from '../../evaluation/evidence.ts';
import type { Markup } from '../markup.ts';
import { blue, vermillion } from '../series-style.ts';
import { axisEnd, percentTick } from './calibration.ts';
import { calibrationFrame } from './calibration-frame.ts';
import { bandPoints, curvePoints, linePoints } from './curve-points.ts';
import { plotSvg, type Drawing } from './svg.ts';

export const beforeStyle = { colour: vermillion, dash: '7 3', width: 2 };
export const afterStyle = { colour: blue, dash: '', width: 2.4 };

/** @param after  undefined where it could not be judged */
export function calibrationChangeSvg(
  drawing: Drawing,
  before: Pick<CalibrationEvidence, 'smooth'>,
  after: Pick<CalibrationEvidence, 'smooth'> | undefined,
): Markup {
  const curves = [
    { style: beforeStyle, points: curvePoints(before.smooth) },
    ...(after === undefined ? [] : [{ style: afterStyle, points: curvePoints(after.smooth) }]),
  ];
  const end = axisEnd(curves.flatMap(({ points }) => linePoints(points).flatMap(({ x, y }) => [x, y])));
  const axis = {
    domain: [0, end],
    grid: true,
    ticks: 6,
    tickFormat: percentTick,
    labelAnchor: 'center',
    labelArrow: 'none',
  } as const;
  return plotSvg(drawing, {
    width: 640,
    height: 440,
    marginLeft: 56,
    marginRight: 16,
    marginTop: 12,
    marginBottom: 46,
    x: { ...axis, label: 'Risk' },
    y: { ...axis, label: 'Observed share with the event' },
    marks: [
      ...calibrationFrame(end),
      ...curves.flatMap(({ style, points }) => [
        Plot.areaY(bandPoints(points), { x: 'x', y1: 'lower', y2: 'upper', fill: style.colour, fillOpacity: 0.14, clip: true }),
        Plot.line(linePoints(points), {
          x: 'x',
          y: 'y',
          stroke: style.colour,
          strokeWidth: style.width,
          strokeDasharray: style.dash,
          clip: true,
        }),
      ]),
    ],
  });
}
