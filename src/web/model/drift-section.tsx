/**
 * Drift: are the discharges of now like those of training? From the monitoring runs that the card keeps.
 */
import * as Plot from '@observablehq/plot';
import type { VNode } from 'preact';
import { useCallback, useMemo } from 'preact/hooks';
import { Figure } from '../parts/plot.tsx';
import { NumberTable } from '../parts/table.tsx';
import { featureName } from '../text/names.ts';
import { counted, dateText, decimals, withInterval } from '../text/number-text.ts';
import { at, figureOf, listOf, numberOf, textOf, type Json } from './metrics-reading.ts';

/** Features shown of the last run. */
const SHOWN = 12;

interface Run {
  readonly when: string;
  readonly rows: number;
  readonly risk: number | null;
  readonly auroc: string;
}

export function DriftSection({ card }: { readonly card: Json }): VNode {
  const records = useMemo(() => listOf(at(card, 'records', 'monitoring')), [card]);
  const last = records.at(-1);
  return (
    <section aria-labelledby="drift-title">
      <h2 id="drift-title">Drift</h2>
      {last === undefined ? (
        <p class="absent">
          Nothing was monitored yet: whether the discharges of now are like those of training is not known. The command{' '}
          <code>readmission monitor</code> compares new records with those of training and adds what it finds to the card.
        </p>
      ) : (
        <>
          <LastRun record={last} runs={records.length} />
          <Stability record={last} />
          <Runs records={records} />
        </>
      )}
    </section>
  );
}

function LastRun({ record, runs }: { readonly record: Json; readonly runs: number }): VNode {
  const exceeded = Array.isArray(record['exceeded']) ? record['exceeded'].flatMap((sentence) => textOf(sentence) ?? []) : [];
  const rows = numberOf(record['rows']) ?? 0;
  return (
    <>
      <p>
        {counted(runs, 'run')} of monitoring; the last on {dateText(textOf(record['when']))}, of {counted(rows, 'discharge')}.
      </p>
      {exceeded.length === 0 ? (
        <p>No bound was exceeded in the last run.</p>
      ) : (
        <div class="alert">
          <strong>Bounds that were exceeded in the last run</strong>
          <ul>
            {exceeded.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function Stability({ record }: { readonly record: Json }): VNode | null {
  const bars = useMemo(() => {
    const features = listOf(at(record, 'stability', 'features')).flatMap((feature) => {
      const [name, index] = [textOf(feature['name']), numberOf(feature['index'])];
      return name === null || index === null ? [] : [{ label: featureName(name), index }];
    });
    const risk = numberOf(at(record, 'stability', 'risk'));
    const sorted = features.sort((a, b) => b.index - a.index).slice(0, SHOWN);
    return risk === null ? sorted : [{ label: 'risk', index: risk }, ...sorted];
  }, [record]);
  const draw = useCallback(
    (width: number): Plot.PlotOptions => ({
      height: bars.length * 24 + 50,
      marginLeft: width < 480 ? 150 : 230,
      marginRight: 16,
      marginTop: 6,
      marginBottom: 42,
      x: { label: 'Population stability index', labelAnchor: 'center', labelArrow: 'none', grid: true, ticks: 5 },
      y: { domain: bars.map(({ label }) => label), label: null, tickSize: 0 },
      marks: [
        Plot.barX(bars, { x: 'index', y: 'label', fill: 'var(--blue)', fillOpacity: 0.75, insetTop: 3, insetBottom: 3 }),
        Plot.ruleX([0], { stroke: 'var(--ink)' }),
        Plot.ruleX([0.1, 0.25], { stroke: 'var(--vermillion)', strokeDasharray: '4 3' }),
      ],
    }),
    [bars],
  );
  if (bars.length === 0) return null;
  return (
    <Figure
      title="What moved, in the last run"
      words={`Population stability index: ${bars
        .slice(0, 4)
        .map(({ label, index }) => `${label} ${decimals(index, 3)}`)
        .join('; ')}.`}
      draw={draw}
      reading="0 is no change; by custom a change from 0.1 is looked at and one from 0.25 acted on (dashed). Chance alone gives more where few discharges were monitored."
      numbers={
        <NumberTable
          caption="Population stability index against training"
          columns={[
            { head: 'Of', text: true, cell: ({ label }) => label },
            { head: 'Index', cell: ({ index }) => decimals(index, 3) },
          ]}
          rows={bars}
        />
      }
    />
  );
}

function Runs({ records }: { readonly records: readonly Json[] }): VNode {
  const runs = records.map((record): Run => ({
    when: textOf(record['when']) ?? '',
    rows: numberOf(record['rows']) ?? 0,
    risk: numberOf(at(record, 'stability', 'risk')),
    auroc: withInterval(figureOf(at(record, 'figures', 'auroc'))),
  }));
  return (
    <NumberTable
      caption="Monitoring runs, newest first"
      columns={[
        { head: 'When', text: true, cell: ({ when }) => dateText(when) },
        { head: 'Discharges', cell: ({ rows }) => String(rows) },
        { head: 'Stability of the risk', cell: ({ risk }) => decimals(risk, 3) },
        { head: 'AUROC (95 % interval)', cell: ({ auroc }) => auroc },
      ]}
      rows={runs.reverse()}
    />
  );
}
