/**
 * Decision curve: net benefit over the thresholds at which somebody might act, beside acting on all, on none and on each baseline.
 *
 * Choice  the axis of net benefit stops a little below 0: what is worse than doing nothing need not be read off
 */
import * as Plot from '@observablehq/plot';
import type { DecisionEvidence } from '../../evaluation/evidence.ts';
import type { Markup } from '../markup.ts';
import { modelOrder } from '../names.ts';
import { isNumber } from '../number-text.ts';
import { ink, muted, seriesStyle } from '../series-style.ts';
import { bandPoints, curvePoints, linePoints, type DrawnPoint } from './curve-points.ts';
import { plotSvg, type Drawing } from './svg.ts';

export const FIRST_THRESHOLD = 0.05;
export const LAST_THRESHOLD = 0.4;

/** Baselines with a net benefit of their own, in the order in which they are read. */
export function decisionBaselines(evidence: DecisionEvidence): string[] {
  return modelOrder(Object.keys(evidence.baselines).filter((name) => name !== 'prevalence' && name !== 'forest'));
}

/** Those that are drawn: more than five lines hide one another, so of two versions of a score one, and the Charlson index only where there is room. */
export function drawnBaselines(evidence: DecisionEvidence): string[] {
  const all = decisionBaselines(evidence);
  const spare = all.filter((name) => name !== 'charlson' && !(name === 'hospital_2016' && all.includes('hospital_2013')));
  return all.length <= 4 ? all : spare.slice(0, 5);
}

export function decisionCurveSvg(drawing: Drawing, evidence: DecisionEvidence): Markup {
  const within = ({ x }: { readonly x: number }): boolean => x >= FIRST_THRESHOLD - 1e-9 && x <= LAST_THRESHOLD + 1e-9;
  const model = curvePoints(evidence.model).filter(within);
  const line = (values: readonly (number | null)[]): DrawnPoint[] =>
    evidence.model.x.flatMap((x, i) => {
      const y = values[i];
      return within({ x }) && isNumber(y) ? [{ x, y }] : [];
    });
  const highest = Math.max(0.01, ...bandPoints(model).map(({ upper }) => upper), ...linePoints(model).map(({ y }) => y));
  const domain = [-highest * 0.22, highest * 1.05];
  const forest = seriesStyle('forest');
  return plotSvg(drawing, {
    width: 860,
    height: 400,
    marginLeft: 60,
    marginRight: 16,
    marginTop: 12,
    marginBottom: 46,
    x: {
      domain: [FIRST_THRESHOLD, LAST_THRESHOLD],
      label: 'Threshold: risk from which one would act',
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 8,
      tickFormat: (t: number) => `${Math.round(100 * t)} %`,
      grid: true,
    },
    y: { domain, label: 'Net benefit', labelAnchor: 'center', labelArrow: 'none', ticks: 6, grid: true },
    marks: [
      Plot.ruleY([0], { stroke: ink, strokeWidth: 1.5 }),
      Plot.line(line(evidence.all), { x: 'x', y: 'y', stroke: muted, strokeDasharray: '2 3', strokeWidth: 1.8, clip: true }),
      Plot.areaY(bandPoints(model), { x: 'x', y1: 'lower', y2: 'upper', fill: forest.colour, fillOpacity: 0.15, clip: true }),
      ...drawnBaselines(evidence).flatMap((name, place) => {
        const style = seriesStyle(name, place);
        const points = line(evidence.baselines[name] ?? []);
        return [
          Plot.line(points, {
            x: 'x',
            y: 'y',
            stroke: style.colour,
            strokeDasharray: style.dash,
            strokeWidth: style.width,
            clip: true,
          }),
          Plot.dot(
            // Markers of different series stand apart along the axis, or they would hide one another.
            points.filter(({ y }, i) => (i + place) % 6 === 3 && y > (domain[0] as number)),
            { x: 'x', y: 'y', symbol: style.marker, r: 3.4, fill: '#fff', stroke: style.colour },
          ),
        ];
      }),
      Plot.line(linePoints(model), { x: 'x', y: 'y', stroke: forest.colour, strokeWidth: forest.width, clip: true }),
    ],
  });
}
