/**
 * The reasons: from the average output of the forest to that of this discharge, each a button that opens the records behind it.
 */
import * as Plot from '@observablehq/plot';
import type { VNode } from 'preact';
import { useCallback, useMemo, useState } from 'preact/hooks';
import type { PatientView } from '../api/answers.ts';
import { Drawing } from '../parts/plot.tsx';
import { featureName } from '../text/names.ts';
import { counted, percent, points } from '../text/number-text.ts';
import { ResourceList } from './resource-list.tsx';
import { waterfallDomain, waterfallOf, type Step } from './waterfall.ts';

const TOP = 10;
const MORE = 40;

export function ReasonsSection({ view }: { readonly view: PatientView }): VNode {
  const { answer } = view.explanation;
  const [top, setTop] = useState(TOP);
  const [open, setOpen] = useState<string | null>(null);
  const waterfall = useMemo(() => waterfallOf(answer.baseValue, answer.forestOutput, answer.reasons, top), [answer, top]);
  const domain = useMemo(() => waterfallDomain(waterfall), [waterfall]);
  const { steps, joined } = waterfall;
  return (
    <section aria-labelledby="reasons-title">
      <h2 id="reasons-title">What moved the model’s output</h2>
      <p>
        From the average output of the forest, {percent(answer.baseValue)}, to that of this discharge,{' '}
        {percent(answer.forestOutput)}, which is read as a risk of {percent(answer.risk)} after calibration. Reasons say how the
        model came to its output, not what caused what. Each opens the records behind it.
      </p>
      <ol class="waterfall">
        <Ends label="Average of the training discharges" value={answer.baseValue} domain={domain} />
        {steps.map((step) => {
          const id = step.reason?.feature ?? '';
          return (
            <Row
              key={id}
              step={step}
              joined={joined}
              domain={domain}
              open={open === id && id !== ''}
              toggle={() => setOpen(open === id ? null : id)}
              view={view}
            />
          );
        })}
        <Ends label="This discharge" value={answer.forestOutput} domain={domain} axis />
      </ol>
      <p class="note">
        Filled bars (▲) raise the output, hollow ones (▽) lower it. In percentage points of the forest’s output before
        calibration.
      </p>
      {joined === 0 && top === TOP ? null : (
        <button type="button" onClick={() => setTop(top === TOP ? MORE : TOP)}>
          {top === TOP ? 'Show more reasons one by one' : 'Show fewer'}
        </button>
      )}
    </section>
  );
}

interface RowProps {
  readonly step: Step;
  readonly joined: number;
  readonly domain: [number, number];
  readonly open: boolean;
  readonly toggle: () => void;
  readonly view: PatientView;
}

function Row({ step, joined, domain, open, toggle, view }: RowProps): VNode {
  const { reason, from, to } = step;
  const raises = to >= from;
  const told = `${raises ? 'raises' : 'lowers'} the output by ${points(Math.abs(to - from)).replace('+', '')}`;
  const label =
    reason === null
      ? `${counted(joined, 'other reason')} together`
      : reason.words === ''
        ? featureName(reason.feature)
        : reason.words;
  const panel = `records-of-${reason?.feature ?? 'others'}`;
  return (
    <li class={open ? 'open' : ''}>
      <div class="label">
        {reason === null ? (
          <span class="others">{label}</span>
        ) : (
          <button type="button" class="reason" aria-expanded={open} aria-controls={panel} onClick={toggle}>
            <bdi>{label}</bdi>
          </button>
        )}
      </div>
      <p class="amount">
        <span aria-hidden="true">
          {raises ? '▲' : '▽'} {points(to - from)}
        </span>
        <span class="unseen">{told}</span>
      </p>
      <Bar from={from} to={to} domain={domain} words={told} />
      {reason === null ? null : (
        <div id={panel} class="records" hidden={!open}>
          {open ? <ResourceList reason={reason} view={view} /> : null}
        </div>
      )}
    </li>
  );
}

function Bar({
  from,
  to,
  domain,
  words,
}: {
  readonly from: number;
  readonly to: number;
  readonly domain: [number, number];
  readonly words: string;
}): VNode {
  const [low, high] = domain;
  const draw = useCallback(
    (): Plot.PlotOptions => ({
      ...frame([low, high]),
      height: 30,
      marks: [
        Plot.ruleX([from], { stroke: 'var(--line)' }),
        Plot.rect([{}], {
          x1: () => Math.min(from, to),
          x2: () => Math.max(from, to),
          y1: () => -0.62,
          y2: () => 0.62,
          fill: to >= from ? 'var(--vermillion)' : 'var(--paper)',
          stroke: to >= from ? 'var(--vermillion)' : 'var(--blue)',
          strokeWidth: 1.5,
        }),
        Plot.ruleX([to], { stroke: 'var(--line)' }),
      ],
    }),
    [from, to, low, high],
  );
  return <Drawing words={words} draw={draw} hidden />;
}

function Ends({
  label,
  value,
  domain,
  axis = false,
}: {
  readonly label: string;
  readonly value: number;
  readonly domain: [number, number];
  readonly axis?: boolean;
}): VNode {
  const [low, high] = domain;
  const draw = useCallback(
    (width: number): Plot.PlotOptions => ({
      ...frame([low, high]),
      height: axis ? 54 : 30,
      marginBottom: axis ? 24 : 0,
      x: {
        domain: [low, high],
        ...(axis
          ? { label: null, ticks: width < 300 ? 3 : 6, tickFormat: (share: number) => `${Number((100 * share).toFixed(1))} %` }
          : { axis: null }),
      },
      marks: [
        ...(axis ? [Plot.ruleY([-1], { stroke: 'var(--ink)' })] : []),
        Plot.ruleX([value], { stroke: 'var(--line)' }),
        Plot.dot([value], { x: (x: number) => x, y: 0, symbol: 'diamond', r: 6, fill: 'var(--ink)' }),
      ],
    }),
    [value, low, high, axis],
  );
  return (
    <li class={`ends${axis ? ' last' : ''}`}>
      <div class="label">
        <strong>{label}</strong>
      </div>
      <p class="amount">
        <strong>{percent(value)}</strong>
      </p>
      <Drawing words={label} draw={draw} hidden />
    </li>
  );
}

function frame(domain: [number, number]): Plot.PlotOptions {
  return {
    marginLeft: 8,
    marginRight: 8,
    marginTop: 0,
    marginBottom: 0,
    x: { domain, axis: null },
    y: { domain: [-1, 1], axis: null },
  };
}
