/**
 * The capacity slider: what seeing the top N of the list would catch, by the validation, beside what the model itself expects.
 */
import * as Plot from '@observablehq/plot';
import type { VNode } from 'preact';
import { useCallback } from 'preact/hooks';
import { mainEvidence, type MainEvidence } from '../model/metrics-reading.ts';
import { Drawing } from '../parts/plot.tsx';
import { usePageState, useStore } from '../parts/hooks.ts';
import { count, counted, decimals, percent, percentRange } from '../text/number-text.ts';
import { expectedAmong, readCapacity, type CapacityReading } from './capacity.ts';
import type { RankedEntry } from './worklist-filter.ts';

export interface CapacityPanelProps {
  readonly ranked: readonly RankedEntry[];
}

/** Of a list of 400, the first 40. */
export function defaultTop(total: number): number {
  return Math.max(1, Math.round(total / 10));
}

export function CapacityPanel({ ranked }: CapacityPanelProps): VNode {
  const state = usePageState();
  const look = useStore(state.look);
  const metrics = useStore(state.metrics);
  const total = ranked.length;
  const top = Math.min(total, look.top ?? defaultTop(total));
  const evidence = metrics.status === 'ready' ? mainEvidence(metrics.value) : null;
  const reading = evidence === null ? null : readCapacity(evidence, top, total);
  const entries = ranked.map(({ entry }) => entry);
  const [expected, all] = [expectedAmong(entries, top), expectedAmong(entries, total)];
  const set = (value: number): void => state.look.set({ ...look, top: Math.min(total, Math.max(1, Math.round(value) || 1)) });
  return (
    <section class="capacity" aria-labelledby="capacity-title">
      <div class="capacity-ask">
        <h2 id="capacity-title">If the team sees the top</h2>
        <div class="slider">
          <input
            type="range"
            min={1}
            max={total}
            value={top}
            aria-label="Discharges the team can see"
            aria-valuetext={`${count(top)} of ${counted(total, 'discharge')}`}
            onInput={(event) => set(event.currentTarget.valueAsNumber)}
          />
          <input
            type="number"
            min={1}
            max={total}
            value={top}
            aria-label="Discharges the team can see, as a number"
            onChange={(event) => set(event.currentTarget.valueAsNumber)}
          />
          <span>
            of {counted(total, 'discharge')} ({percent(top / total)})
          </span>
        </div>
        <p>
          By the model’s own risks, {decimals(expected, 1)} returns are to be expected among them, {decimals(all, 1)} in the whole
          list.
        </p>
      </div>
      {metrics.status === 'loading' || metrics.status === 'idle' ? (
        <p class="note">Reading the validation …</p>
      ) : evidence === null || reading === null ? (
        <p class="absent">
          {metrics.status === 'failed'
            ? 'The validation could not be read, so what it found cannot be said.'
            : 'This model has no validation, so what it would catch cannot be said.'}
        </p>
      ) : (
        <Found reading={reading} evidence={evidence} />
      )}
    </section>
  );
}

interface FoundProps {
  readonly reading: CapacityReading;
  readonly evidence: MainEvidence;
}

function Found({ reading, evidence }: FoundProps): VNode {
  const { share, found, precision, numberNeeded, atRandom } = reading;
  const { gains, rows, events, judged } = evidence;
  const draw = useCallback(
    (width: number): Plot.PlotOptions => ({
      height: Math.min(300, Math.max(200, width * 0.45)),
      marginLeft: 58,
      marginRight: 12,
      marginTop: 10,
      marginBottom: 36,
      x: {
        domain: [0, 1],
        label: 'Share of discharges seen',
        labelAnchor: 'center',
        labelArrow: 'none',
        tickFormat: tick,
        ticks: 4,
      },
      y: {
        domain: [0, 1],
        label: 'Readmissions found',
        labelAnchor: 'center',
        labelArrow: 'none',
        tickFormat: tick,
        ticks: 4,
        grid: true,
      },
      marks: [
        Plot.ruleY([0], { stroke: 'var(--ink)' }),
        Plot.areaY(
          gains.filter(({ lower, upper }) => lower !== null && upper !== null),
          { x: 'x', y1: 'lower', y2: 'upper', fill: 'var(--blue)', fillOpacity: 0.18 },
        ),
        Plot.line(
          [
            [0, 0],
            [1, 1],
          ],
          { stroke: 'var(--muted)', strokeDasharray: '5 4' },
        ),
        Plot.line(
          gains.filter(({ y }) => y !== null),
          { x: 'x', y: 'y', stroke: 'var(--blue)', strokeWidth: 2.2 },
        ),
        Plot.ruleX([share], { stroke: 'var(--vermillion)', strokeDasharray: '3 2' }),
        Plot.dot([{ x: share, y: found.estimate }], { x: 'x', y: 'y', r: 5, symbol: 'diamond', fill: 'var(--vermillion)' }),
      ],
    }),
    [gains, share, found.estimate],
  );
  const words =
    `Among such a share of discharges the validation found ${percent(found.estimate)} of all readmissions ` +
    `(95 % interval ${percentRange(found.lower, found.upper)}).`;
  return (
    <>
      <dl class="tiles" aria-label="In the validation">
        <div>
          <dt>of all readmissions are among them</dt>
          <dd>
            <strong>{percent(found.estimate)}</strong>
            <span>
              95 % interval {percentRange(found.lower, found.upper)}; at random {percent(atRandom)}
            </span>
          </dd>
        </div>
        <div>
          <dt>of those seen are readmitted</dt>
          <dd>
            <strong>{percent(precision)}</strong>
            <span>of all {percent(events / rows)}</span>
          </dd>
        </div>
        <div>
          <dt>to see for one readmission</dt>
          <dd>
            <strong>{decimals(numberNeeded, 1)}</strong>
            <span>at random {decimals(rows / events, 1)}</span>
          </dd>
        </div>
      </dl>
      <details>
        <summary>The curve these are read from</summary>
        <Drawing words={`Curve of cumulative gains. ${words}`} draw={draw} />
        <p class="note">
          Validation: {counted(rows, 'discharge')}, {counted(events, 'readmission')}, {judged}. The diamond is what was found
          there among the same share of the highest risks, shaded its 95 % band, dashed what picking at random would find. How
          many could be prevented it does not say.
        </p>
      </details>
    </>
  );
}

function tick(share: number): string {
  return `${Math.round(100 * share)} %`;
}
