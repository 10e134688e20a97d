/**
 * What followed the discharges: cumulative incidence of each first event, the others competing.
 */
import * as Plot from '@observablehq/plot';
import type { VNode } from 'preact';
import { useCallback, useMemo } from 'preact/hooks';
import { Figure, Legend } from '../parts/plot.tsx';
import { NumberTable } from '../parts/table.tsx';
import { eventName } from '../text/names.ts';
import { percent, percentRange } from '../text/number-text.ts';
import { listOf, numberOf, textOf, type Json } from './metrics-reading.ts';

const styles: Readonly<Record<string, readonly [colour: string, dash: string]>> = {
  unplanned: ['var(--vermillion)', ''],
  planned: ['var(--blue)', '6 3'],
  died: ['var(--ink)', '2 3'],
};

export function PopulationSection({ incidence }: { readonly incidence: readonly Json[] }): VNode | null {
  const series = useMemo(
    () =>
      incidence.map((event) => {
        const state = textOf(event['state']) ?? '';
        const points = listOf(event['points']).flatMap((point) => {
          const [day, y] = [numberOf(point['day']), numberOf(point['estimate'])];
          return day === null || y === null ? [] : [{ day, y, lower: numberOf(point['lower']), upper: numberOf(point['upper']) }];
        });
        return { state, points };
      }),
    [incidence],
  );
  const draw = useCallback(
    (width: number): Plot.PlotOptions => ({
      height: Math.min(320, Math.max(220, width * 0.45)),
      marginLeft: 52,
      marginRight: 14,
      marginTop: 10,
      marginBottom: 42,
      x: { label: 'Days after discharge', labelAnchor: 'center', labelArrow: 'none', ticks: 6 },
      y: { label: null, grid: true, ticks: 5, tickFormat: (share: number) => `${Number((100 * share).toFixed(1))} %` },
      marks: [
        Plot.ruleY([0], { stroke: 'var(--ink)' }),
        ...series.flatMap(({ state, points }) => {
          const [stroke, dash] = styles[state] ?? ['var(--muted)', '3 4'];
          return [
            Plot.areaY(
              points.filter(({ lower, upper }) => lower !== null && upper !== null),
              { x: 'day', y1: 'lower', y2: 'upper', fill: stroke, fillOpacity: 0.14, curve: 'step-after' },
            ),
            Plot.line(points, { x: 'day', y: 'y', stroke, strokeDasharray: dash, strokeWidth: 2, curve: 'step-after' }),
          ];
        }),
      ],
    }),
    [series],
  );
  if (series.every(({ points }) => points.length === 0)) return null;
  const last = series.map(({ state, points }) => `${eventName(state).toLowerCase()} ${percent(points.at(-1)?.y)}`).join(', ');
  return (
    <section aria-labelledby="population-title">
      <h2 id="population-title">What followed the discharges</h2>
      <Figure
        title="Cumulative incidence"
        words={`Cumulative incidence by day after discharge; at the end: ${last}.`}
        draw={draw}
        legend={
          <Legend
            entries={series.map(({ state }) => ({
              label: eventName(state),
              colour: styles[state]?.[0] ?? 'var(--muted)',
              dash: styles[state]?.[1] ?? '3 4',
            }))}
          />
        }
        reading={`Of the training discharges, the share with this as the first event by each day; the others compete. At the end: ${last}.`}
        numbers={
          <NumberTable
            caption="Cumulative incidence on the last day"
            columns={[
              { head: 'First event', text: true, cell: ({ state }) => eventName(state) },
              { head: 'Day', cell: ({ points }) => String(points.at(-1)?.day ?? 'n/a') },
              { head: 'Share', cell: ({ points }) => percent(points.at(-1)?.y) },
              { head: '95 % interval', cell: ({ points }) => percentRange(points.at(-1)?.lower, points.at(-1)?.upper) },
            ]}
            rows={series}
          />
        }
      />
    </section>
  );
}
