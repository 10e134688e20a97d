/**
 * Calibration, ROC and decision curve of the validation.
 */
import * as Plot from '@observablehq/plot';
import type { VNode } from 'preact';
import { useCallback, useMemo } from 'preact/hooks';
import { Figure, Legend } from '../parts/plot.tsx';
import { NumberTable } from '../parts/table.tsx';
import { modelName, sortedModels } from '../text/names.ts';
import { count, decimals, percent, percentRange, withInterval } from '../text/number-text.ts';
import {
  at,
  curveOf,
  figureOf,
  listOf,
  numberOf,
  objectOf,
  type CurvePoint,
  type Json,
  type MainEvidence,
} from './metrics-reading.ts';

export function PerformanceSection({ main }: { readonly main: MainEvidence }): VNode {
  const { evidence } = main;
  return (
    <section aria-labelledby="performance-title">
      <h2 id="performance-title">Are the risks right, and are they of use?</h2>
      <div class="pair">
        <Calibration calibration={evidence['calibration']} />
        <Roc roc={evidence['roc']} auroc={withInterval(figureOf(at(evidence, 'headline', 'forest', 'auroc')))} />
      </div>
      <Decision decision={evidence['decision']} />
    </section>
  );
}

const drawn = (points: readonly CurvePoint[]): CurvePoint[] => points.filter(({ y }) => y !== null);
const banded = (points: readonly CurvePoint[]): CurvePoint[] =>
  points.filter(({ lower, upper }) => lower !== null && upper !== null);
const tick = (share: number): string => `${Math.round(100 * share)} %`;
const thinned = <T,>(rows: readonly T[], most: number): T[] => {
  const step = Math.max(1, Math.ceil(rows.length / most));
  return rows.filter((_, i) => i % step === 0 || i === rows.length - 1);
};
const axis = { labelAnchor: 'center', labelArrow: 'none', grid: true } as const;

function Calibration({ calibration }: { readonly calibration: unknown }): VNode | null {
  const points = useMemo(() => curveOf(at(calibration, 'smooth')), [calibration]);
  const groups = useMemo(
    () =>
      listOf(at(calibration, 'groups')).map((group) => ({
        x: numberOf(group['meanRisk']),
        y: numberOf(group['estimate']),
        lower: numberOf(group['lower']),
        upper: numberOf(group['upper']),
        rows: numberOf(group['rows']),
      })),
    [calibration],
  );
  const draw = useCallback(
    (width: number): Plot.PlotOptions => {
      const ends = [
        ...drawn(points).flatMap(({ x, y }) => [x, y ?? 0]),
        ...groups.flatMap(({ x, upper }) => [x ?? 0, upper ?? 0]),
      ];
      const end = Math.min(1, Math.ceil(20 * Math.max(0.1, ...ends)) / 20);
      return {
        height: Math.min(380, width * 0.85),
        marginLeft: 52,
        marginRight: 14,
        marginBottom: 42,
        marginTop: 10,
        x: { domain: [0, end], label: 'Risk', ticks: 5, tickFormat: tick, ...axis },
        y: { domain: [0, end], label: 'Observed share', ticks: 5, tickFormat: tick, ...axis },
        marks: [
          Plot.ruleX([0], { stroke: 'var(--ink)' }),
          Plot.ruleY([0], { stroke: 'var(--ink)' }),
          Plot.line(
            [
              [0, 0],
              [end, end],
            ],
            { stroke: 'var(--muted)', strokeDasharray: '5 4' },
          ),
          Plot.areaY(banded(points), { x: 'x', y1: 'lower', y2: 'upper', fill: 'var(--blue)', fillOpacity: 0.18, clip: true }),
          Plot.line(drawn(points), { x: 'x', y: 'y', stroke: 'var(--blue)', strokeWidth: 2.4, clip: true }),
          Plot.ruleX(groups, { x: 'x', y1: 'lower', y2: 'upper', stroke: 'var(--ink)', strokeWidth: 1.2 }),
          Plot.dot(groups, {
            x: 'x',
            y: 'y',
            symbol: 'square',
            r: 4,
            fill: 'var(--paper)',
            stroke: 'var(--ink)',
            strokeWidth: 1.5,
          }),
        ],
      };
    },
    [points, groups],
  );
  if (points.length === 0 && groups.length === 0) return null;
  const slope = withInterval(figureOf(at(calibration, 'slope')));
  const oe = withInterval(figureOf(at(calibration, 'observedToExpected')));
  return (
    <Figure
      title="Calibration"
      words={`Calibration curve: observed share against risk. Slope ${slope}, observed to expected ${oe}.`}
      draw={draw}
      reading={`On the dashed line the risks are right; below it they are too high. Squares are tenths of the discharges. Slope ${slope}; observed to expected ${oe}.`}
      numbers={
        <NumberTable
          caption="Discharges in tenths of rising risk"
          columns={[
            { head: 'Mean risk', cell: ({ x }) => percent(x) },
            { head: 'Observed', cell: ({ y }) => percent(y) },
            { head: '95 % interval', cell: ({ lower, upper }) => percentRange(lower, upper) },
            { head: 'Discharges', cell: ({ rows }) => count(rows) },
          ]}
          rows={groups}
        />
      }
    />
  );
}

function Roc({ roc, auroc }: { readonly roc: unknown; readonly auroc: string }): VNode | null {
  const points = useMemo(() => curveOf(roc), [roc]);
  const draw = useCallback(
    (width: number): Plot.PlotOptions => ({
      height: Math.min(380, width * 0.85),
      marginLeft: 52,
      marginRight: 14,
      marginBottom: 42,
      marginTop: 10,
      x: { domain: [0, 1], label: 'False positive rate', ticks: 5, tickFormat: tick, ...axis },
      y: { domain: [0, 1], label: 'Sensitivity', ticks: 5, tickFormat: tick, ...axis },
      marks: [
        Plot.ruleX([0], { stroke: 'var(--ink)' }),
        Plot.ruleY([0], { stroke: 'var(--ink)' }),
        Plot.line(
          [
            [0, 0],
            [1, 1],
          ],
          { stroke: 'var(--muted)', strokeDasharray: '5 4' },
        ),
        Plot.areaY(banded(points), { x: 'x', y1: 'lower', y2: 'upper', fill: 'var(--blue)', fillOpacity: 0.18 }),
        Plot.line(drawn(points), { x: 'x', y: 'y', stroke: 'var(--blue)', strokeWidth: 2.4 }),
      ],
    }),
    [points],
  );
  if (points.length === 0) return null;
  return (
    <Figure
      title="ROC curve"
      words={`ROC curve: sensitivity against false positive rate. Area ${auroc}.`}
      draw={draw}
      reading={`How many of those who return are found (up) for how many false alarms (across). Dashed: chance. Area ${auroc}.`}
      numbers={
        <NumberTable
          caption="ROC curve"
          columns={[
            { head: 'False positive rate', cell: ({ x }) => percent(x) },
            { head: 'Sensitivity', cell: ({ y }) => percent(y) },
            { head: '95 % interval', cell: ({ lower, upper }) => percentRange(lower, upper) },
          ]}
          rows={thinned(points, 21)}
        />
      }
    />
  );
}

const dashes: Readonly<Record<string, readonly [colour: string, dash: string]>> = {
  logistic: ['var(--vermillion)', '7 3'],
  hospital_2013: ['var(--green)', '4 2'],
  lace: ['var(--purple)', '8 3 2 3'],
  reason: ['var(--sky)', '10 4'],
};

function Decision({ decision }: { readonly decision: unknown }): VNode | null {
  const curves = useMemo(() => {
    const model = curveOf(at(decision, 'model'));
    const ofColumn = (values: unknown): { x: number; y: number }[] =>
      model.flatMap(({ x }, i) => {
        const y = Array.isArray(values) ? numberOf(values[i]) : null;
        return y === null ? [] : [{ x, y }];
      });
    const baselines = objectOf(at(decision, 'baselines')) ?? ({} as Json);
    const names = sortedModels(Object.keys(baselines).filter((name) => Object.hasOwn(dashes, name)));
    return {
      model,
      all: ofColumn(at(decision, 'all')),
      others: names.map((name) => ({ name, points: ofColumn(baselines[name]) })),
    };
  }, [decision]);
  const { model, all, others } = curves;
  const draw = useCallback(
    (width: number): Plot.PlotOptions => {
      const highest = Math.max(0.01, ...model.map(({ y, upper }) => upper ?? y ?? 0));
      return {
        height: Math.min(380, Math.max(260, width * 0.45)),
        marginLeft: 58,
        marginRight: 14,
        marginBottom: 42,
        marginTop: 10,
        x: { label: 'Risk from which one would act', ticks: width < 480 ? 4 : 8, tickFormat: tick, ...axis },
        y: { domain: [-0.22 * highest, 1.05 * highest], label: 'Net benefit', ticks: 5, ...axis },
        marks: [
          Plot.ruleY([0], { stroke: 'var(--ink)', strokeWidth: 1.5 }),
          Plot.line(all, { x: 'x', y: 'y', stroke: 'var(--muted)', strokeDasharray: '2 3', strokeWidth: 1.8, clip: true }),
          Plot.areaY(banded(model), { x: 'x', y1: 'lower', y2: 'upper', fill: 'var(--blue)', fillOpacity: 0.15, clip: true }),
          ...others.map(({ name, points }) =>
            Plot.line(points, {
              x: 'x',
              y: 'y',
              stroke: dashes[name]?.[0] ?? 'var(--ink)',
              strokeDasharray: dashes[name]?.[1] ?? '',
              strokeWidth: 1.5,
              clip: true,
            }),
          ),
          Plot.line(drawn(model), { x: 'x', y: 'y', stroke: 'var(--blue)', strokeWidth: 2.4, clip: true }),
        ],
      };
    },
    [curves],
  );
  if (model.length === 0) return null;
  const numbers = thinned(model, 18).map((point) => ({ ...point, all: all.find(({ x }) => x === point.x)?.y ?? null }));
  return (
    <Figure
      title="Decision curve"
      words="Decision curve: net benefit of the forest, of simpler models and of acting on all, over the risk from which one would act; acting on none is 0."
      draw={draw}
      legend={
        <Legend
          entries={[
            { label: modelName('forest'), colour: 'var(--blue)', width: 2.4 },
            ...others.map(({ name }) => ({
              label: modelName(name),
              colour: dashes[name]?.[0] ?? 'var(--ink)',
              dash: dashes[name]?.[1] ?? '',
            })),
            { label: 'Act on all', colour: 'var(--muted)', dash: '2 3' },
            { label: 'Act on none', colour: 'var(--ink)' },
          ]}
        />
      }
      reading="Choose the risk from which you would act: at 20 %, one readmission prevented is worth four needless actions. The highest curve there is the best policy; the model is of use only where it lies above both “all” and “none”."
      numbers={
        <NumberTable
          caption="Net benefit per discharge; acting on none is 0"
          columns={[
            { head: 'Threshold', cell: ({ x }) => percent(x) },
            { head: modelName('forest'), cell: ({ y }) => decimals(y, 4) },
            { head: '95 % interval', cell: ({ lower, upper }) => `${decimals(lower, 4)} to ${decimals(upper, 4)}` },
            { head: 'Act on all', cell: (row) => decimals(row.all, 4) },
          ]}
          rows={numbers}
        />
      }
    />
  );
}
