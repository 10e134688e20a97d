/**
 * The two years before: stays, emergency and outpatient visits on lanes; laboratory values as lines.
 */
import * as Plot from '@observablehq/plot';
import type { VNode } from 'preact';
import { useCallback, useMemo, useState } from 'preact/hooks';
import type { PatientView } from '../api/answers.ts';
import { Figure } from '../parts/plot.tsx';
import { NumberTable } from '../parts/table.tsx';
import { eventName, shownUnit } from '../text/names.ts';
import { counted, dateText, plainValue } from '../text/number-text.ts';
import { laboratorySeries, lanesOf, valueDomain, type LaneEvent } from './timeline.ts';

export function TimelineSection({ view }: { readonly view: PatientView }): VNode {
  const lanes = useMemo(() => lanesOf(view.timeline), [view]);
  const { asOf } = view.explanation.answer;
  return (
    <section aria-labelledby="timeline-title">
      <h2 id="timeline-title">The two years before</h2>
      {view.timeline.length === 0 ? (
        <p class="absent">No stay, visit or laboratory value of this time is among the records.</p>
      ) : (
        <>
          <Lanes lanes={lanes} asOf={asOf} />
          <Laboratory view={view} />
        </>
      )}
    </section>
  );
}

const symbols = { emergency: 'triangle', outpatient: 'circle', laboratory: 'square', inpatient: 'diamond' } as const;

function Lanes({ lanes, asOf }: { readonly lanes: ReturnType<typeof lanesOf>; readonly asOf: string | null }): VNode {
  const { events, kinds } = lanes;
  const draw = useCallback(
    (width: number): Plot.PlotOptions => {
      const stays = events.filter(({ kind }) => kind === 'inpatient');
      const end = asOf === null ? [] : [new Date(asOf)];
      return {
        height: 56 + 40 * kinds.length,
        marginLeft: width < 480 ? 82 : 130,
        marginRight: 16,
        marginTop: 18,
        marginBottom: 28,
        x: { type: 'utc', grid: true, label: null, ...(width < 480 ? { ticks: 4 } : {}) },
        y: {
          type: 'band',
          domain: kinds,
          label: null,
          tickSize: 0,
          padding: 0.35,
          tickFormat: (kind: string) => (width < 480 ? shortName(kind) : eventName(kind)),
        },
        marks: [
          Plot.ruleX(end, { stroke: 'var(--ink)', strokeDasharray: '4 3' }),
          Plot.barX(stays, {
            x1: 'start',
            x2: 'end',
            y: 'kind',
            fill: (event: LaneEvent) => (event.index ? 'var(--vermillion)' : 'var(--blue)'),
            insetLeft: -1.5,
            insetRight: -1.5,
          }),
          Plot.text(stays.filter(({ index }) => index).slice(-1), {
            x: 'end',
            y: 'kind',
            text: () => 'this stay',
            textAnchor: 'end',
            dx: -4,
            dy: -22,
            fill: 'var(--ink)',
          }),
          Plot.dot(
            events.filter(({ kind }) => kind !== 'inpatient'),
            {
              x: 'start',
              y: 'kind',
              symbol: (event: LaneEvent) => event.kind,
              r: events.length > 80 ? 3 : 4,
              stroke: 'var(--blue)',
              fill: 'var(--paper)',
              strokeWidth: 1.6,
            },
          ),
        ],
        symbol: { domain: kinds, range: kinds.map((kind) => symbols[kind]) },
      };
    },
    [events, kinds, asOf],
  );
  const words = kinds.map((kind) => {
    const own = events.filter((event) => event.kind === kind);
    const visits =
      kind === 'laboratory'
        ? counted(own.length, 'day of laboratory values', 'days of laboratory values')
        : `${own.length} × ${eventName(kind).toLowerCase()}`;
    return `${visits}, the last on ${dateText(own.at(-1)?.iso ?? null)}`;
  });
  return (
    <Figure
      title="Stays, visits, laboratory"
      words={`Timeline of two years: ${words.join('; ')}.`}
      draw={draw}
      reading="Bars are hospital stays, marks are visits and days with laboratory values. The dashed line is the time of the prediction: nothing after it was used."
      numbers={
        <NumberTable
          caption="Events, newest first"
          columns={[
            { head: 'What', text: true, cell: ({ kind, index }) => `${eventName(kind)}${index ? ' (this stay)' : ''}` },
            { head: 'From', text: true, cell: ({ iso }) => dateText(iso) },
            { head: 'To', text: true, cell: ({ isoEnd }) => (isoEnd === null ? '' : dateText(isoEnd)) },
            { head: 'Label', text: true, cell: ({ label }) => <bdi>{label}</bdi> },
          ]}
          rows={[...events].reverse()}
        />
      }
    />
  );
}

function shortName(kind: string): string {
  return { inpatient: 'Stays', emergency: 'Emergency', outpatient: 'Outpatient', laboratory: 'Labs' }[kind] ?? kind;
}

function Laboratory({ view }: { readonly view: PatientView }): VNode | null {
  const series = useMemo(() => laboratorySeries(view.timeline), [view]);
  const [chosen, setChosen] = useState(0);
  const shown = series[Math.min(chosen, series.length - 1)];
  const draw = useCallback(
    (width: number): Plot.PlotOptions => ({
      height: 200,
      marginLeft: 52,
      marginRight: 16,
      marginTop: 12,
      marginBottom: 30,
      x: { type: 'utc', label: null, ...(width < 480 ? { ticks: 4 } : {}) },
      y: { domain: valueDomain(shown), grid: true, label: null, ticks: 5, tickFormat: (value: number) => plainValue(value) },
      marks: [
        Plot.line(shown?.points ?? [], { x: 'at', y: 'value', stroke: 'var(--blue)', strokeWidth: 1.5 }),
        Plot.dot(shown?.points ?? [], {
          x: 'at',
          y: 'value',
          r: 3.5,
          fill: 'var(--paper)',
          stroke: 'var(--blue)',
          strokeWidth: 1.8,
        }),
      ],
    }),
    [shown],
  );
  if (shown === undefined) return null;
  const unit = shownUnit(shown.unit);
  const [first, last] = [shown.points[0], shown.points.at(-1)];
  const words = `${shown.label}: ${counted(shown.points.length, 'value')}, from ${plainValue(first?.value)} on ${dateText(first?.iso ?? null)} to ${plainValue(last?.value)} ${unit} on ${dateText(last?.iso ?? null)}.`;
  return (
    <div class="laboratory">
      <label class="choose">
        Laboratory value
        <select value={String(series.indexOf(shown))} onChange={(event) => setChosen(Number(event.currentTarget.value))}>
          {series.map(({ label, unit: own, points }, i) => (
            <option key={i} value={String(i)}>
              {label}
              {own === null ? '' : `, ${shownUnit(own)}`} ({points.length})
            </option>
          ))}
        </select>
      </label>
      <Figure
        title={`${shown.label}${unit === '' ? '' : `, ${unit}`}`}
        words={words}
        draw={draw}
        reading={`The last one is ${plainValue(last?.value)} ${unit} of ${dateText(last?.iso ?? null)}.`}
        numbers={
          <NumberTable
            caption={`${shown.label}, newest first`}
            columns={[
              { head: 'Date', text: true, cell: ({ iso }) => dateText(iso) },
              { head: unit === '' ? 'Value' : unit, cell: ({ value }) => plainValue(value) },
            ]}
            rows={[...shown.points].reverse()}
          />
        }
      />
    </div>
  );
}
