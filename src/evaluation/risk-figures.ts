/**
 * Metrics of several risks of the same rows, and how they differ on the same draws.
 */
import { bootstrapP } from './comparison.ts';
import type { Difference, Figure } from './evidence.ts';
import type { RisksInput } from './evidence-input.ts';
import { holm } from './multiplicity.ts';
import { measurePanel, type Panel } from './panel.ts';
import { figureOf, finiteOrNull, type Resampled } from './resampled.ts';
import { orderStatistics, probabilityStatistics } from './risk-statistics.ts';

export interface RiskFigures {
  /** By risk, then metric. */
  readonly metrics: Record<string, Record<string, Figure>>;
  /** Of a metric, by each other risk that has it: one side minus the other, with p values adjusted by Holm over the risks. */
  readonly difference: (
    metric: string,
    reference: string,
    side: 'risk-minus-reference' | 'reference-minus-risk',
  ) => Record<string, Difference>;
}

/** What is measured on each resample, and how the figures are read from it. */
export function riskPart(input: RisksInput): Panel & { readonly read: (numbers: Resampled) => RiskFigures } {
  const { outcome, risks, orderOnly = [] } = input;
  const ofOrder = orderStatistics(input);
  const ofProbability = probabilityStatistics(input);
  const cells = Object.entries(risks).flatMap(([name, risk]) =>
    Object.entries(orderOnly.includes(name) ? ofOrder : ofProbability).map(([metric, statistic]) => ({
      name,
      metric,
      measure: statistic(outcome, risk),
    })),
  );
  return {
    ...measurePanel(cells.map(({ measure }) => measure)),
    read: (numbers) => {
      const metrics: Record<string, Record<string, Figure>> = {};
      cells.forEach(({ name, metric }, k) => ((metrics[name] ??= {})[metric] = numbers.figure(k)));
      return {
        metrics,
        difference: (metric, reference, side) => {
          const base = cells.findIndex((c) => c.name === reference && c.metric === metric);
          const others = [...cells.keys()].filter((k) => cells[k]!.metric === metric && k !== base);
          const pairs = others.map((k): [number, number] => (side === 'risk-minus-reference' ? [k, base] : [base, k]));
          const p = pairs.map((pair) => bootstrapP(numbers.differenceDraws(...pair)));
          const adjusted = holm(p);
          return Object.fromEntries(
            pairs.map((pair, at): [string, Difference] => [
              cells[others[at]!]!.name,
              { ...figureOf(numbers.difference(...pair)), p: finiteOrNull(p[at]!), pHolm: finiteOrNull(adjusted[at]!) },
            ]),
          );
        },
      };
    },
  };
}
