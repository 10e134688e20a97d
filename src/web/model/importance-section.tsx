/**
 * Which features the model leans on.
 */
import * as Plot from '@observablehq/plot';
import type { VNode } from 'preact';
import { useCallback, useMemo } from 'preact/hooks';
import { Figure } from '../parts/plot.tsx';
import { NumberTable } from '../parts/table.tsx';
import { featureName } from '../text/names.ts';
import { decimals, points, withInterval, type Estimate } from '../text/number-text.ts';
import { at, figureOf, listOf, textOf } from './metrics-reading.ts';

const SHOWN = 15;

interface Importance extends Estimate {
  readonly label: string;
  readonly permutation: Estimate | null;
}

export function ImportanceSection({ importance }: { readonly importance: unknown }): VNode | null {
  const features = useMemo(
    () =>
      listOf(at(importance, 'features'))
        .flatMap((feature): Importance[] => {
          const figure = figureOf(feature['attribution']);
          const name = textOf(feature['name']);
          return figure === null || name === null
            ? []
            : [{ ...figure, label: featureName(name), permutation: figureOf(feature['permutation']) }];
        })
        .sort((a, b) => (b.estimate ?? 0) - (a.estimate ?? 0))
        .slice(0, SHOWN),
    [importance],
  );
  const draw = useCallback(
    (width: number): Plot.PlotOptions => ({
      height: features.length * 24 + 50,
      marginLeft: width < 480 ? 150 : 230,
      marginRight: 16,
      marginTop: 6,
      marginBottom: 42,
      x: {
        label: 'Mean size of its attribution, points',
        labelAnchor: 'center',
        labelArrow: 'none',
        grid: true,
        ticks: 5,
        tickFormat: (v: number) => decimals(100 * v, 1),
      },
      y: {
        domain: features.map(({ label }) => label),
        label: null,
        tickSize: 0,
        tickFormat: (label: string) => (width < 480 && label.length > 24 ? `${label.slice(0, 23)}…` : label),
      },
      marks: [
        Plot.barX(features, { x: 'estimate', y: 'label', fill: 'var(--blue)', fillOpacity: 0.75, insetTop: 3, insetBottom: 3 }),
        Plot.ruleY(
          features.filter(({ lower, upper }) => lower !== null && upper !== null),
          { y: 'label', x1: 'lower', x2: 'upper', stroke: 'var(--ink)', strokeWidth: 1.3 },
        ),
        Plot.ruleX([0], { stroke: 'var(--ink)' }),
      ],
    }),
    [features],
  );
  if (features.length === 0) return null;
  return (
    <section aria-labelledby="importance-title">
      <h2 id="importance-title">What it leans on</h2>
      <Figure
        title={`The ${features.length} features that move the output most`}
        words={`Mean absolute attribution by feature. The largest: ${features
          .slice(0, 3)
          .map(({ label, estimate }) => `${label} ${points(estimate).replace('+', '')}`)
          .join('; ')}.`}
        draw={draw}
        reading="How far a feature moves the output of the forest, up or down, in the mean of held-out discharges; lines are 95 % intervals. It says what the model uses, not what causes a return."
        numbers={
          <NumberTable
            caption="Importance of features"
            columns={[
              { head: 'Feature', text: true, cell: ({ label }) => label },
              { head: 'Mean attribution', cell: (row) => withInterval(row, 4) },
              { head: 'AUROC lost when shuffled', cell: ({ permutation }) => withInterval(permutation, 4) },
            ]}
            rows={features}
          />
        }
      />
    </section>
  );
}
