/**
 * The risk: as a number with its interval, on a line beside the base rate, and as so many of a hundred.
 */
import * as Plot from '@observablehq/plot';
import type { VNode } from 'preact';
import { useCallback } from 'preact/hooks';
import type { PatientView } from '../api/answers.ts';
import { BandLabel } from '../parts/band-label.tsx';
import { Drawing } from '../parts/plot.tsx';
import { usePageState, useStore } from '../parts/hooks.ts';
import { capital } from '../text/names.ts';
import { count, percent, percentRange } from '../text/number-text.ts';
import { IconArray } from './icon-array.tsx';

type ScoreAnswer = PatientView['explanation']['answer'];

export function RiskSection({ answer }: { readonly answer: ScoreAnswer }): VNode {
  const state = usePageState();
  const model = useStore(state.model);
  const { risk, interval, band, bandMeaning, baseRate, horizonDays, outcome, outOfTrainingRange } = answer;
  const bands = model.status === 'ready' && model.value.sha256 === answer.model.sha256 ? model.value.bands : [];
  const told =
    `Risk ${percent(risk)}` +
    (interval === null
      ? ', no interval'
      : `, ${percent(interval.level).replace('.0', '')} interval ${percentRange(interval.low, interval.high)}`) +
    `; base rate ${percent(baseRate)}`;
  const draw = useCallback(
    (width: number): Plot.PlotOptions => {
      const end = Math.min(1, Math.max(0.2, Math.ceil(10 * Math.max(risk, interval?.high ?? 0, baseRate) * 1.15) / 10));
      const marks = bands.filter(({ from }) => from > 0 && from < end);
      return {
        height: 92,
        marginLeft: 8,
        marginRight: 20,
        marginTop: 30,
        marginBottom: 30,
        x: {
          domain: [0, end],
          label: null,
          ticks: width < 420 ? 4 : 8,
          tickFormat: (share: number) => `${Math.round(100 * share)} %`,
        },
        y: { domain: [-1, 1], axis: null },
        marks: [
          Plot.ruleY([0], { x1: 0, x2: end, stroke: 'var(--line)', strokeWidth: 10 }),
          Plot.ruleX(marks, { x: 'from', stroke: 'var(--paper)', strokeWidth: 2 }),
          Plot.ruleX([baseRate], { y1: -0.8, y2: 0.8, stroke: 'var(--ink)', strokeDasharray: '3 2' }),
          ...(interval === null
            ? []
            : [
                Plot.ruleY([0], {
                  x1: interval.low,
                  x2: interval.high,
                  stroke: 'var(--blue)',
                  strokeWidth: 10,
                  strokeOpacity: 0.45,
                }),
              ]),
          Plot.dot([risk], {
            x: (x: number) => x,
            y: 0,
            symbol: 'diamond',
            r: 8,
            fill: 'var(--vermillion)',
            stroke: 'var(--paper)',
          }),
          Plot.text([baseRate], {
            x: (x: number) => x,
            text: () => `base rate ${percent(baseRate)}`,
            frameAnchor: 'top',
            dy: -20,
            textAnchor: baseRate > end / 2 ? 'end' : 'start',
            fill: 'var(--muted)',
          }),
        ],
      };
    },
    [risk, interval, baseRate, bands],
  );
  return (
    <section class="risk-section" aria-labelledby="risk-title">
      <h2 id="risk-title" class="unseen">
        Risk
      </h2>
      <div class="risk-number">
        <p class="figure" data-risk="">
          {percent(risk)}
        </p>
        <p>
          {interval === null
            ? 'The model had too few events to give an interval.'
            : `${percent(interval.level).replace('.0', '')} interval ${percentRange(interval.low, interval.high)}`}
        </p>
        <p class="band-line">
          <BandLabel band={band} bands={bands.map(({ name }) => name)} />
        </p>
        <p class="sub">{bandMeaning}</p>
      </div>
      <div class="risk-words">
        <p>
          <strong>{capital(outcome)}</strong>
          {outcome.includes(String(horizonDays)) ? '' : `, within ${count(horizonDays)} days`}
        </p>
        <Drawing words={told} draw={draw} />
        <p class="note">
          The diamond is this discharge{interval === null ? '' : ', the bar around it the interval'}; dashed the share of all
          training discharges that were followed by the outcome.
          {interval === null
            ? ''
            : ` The interval says where the average risk of discharges with this output lies; ${count(interval.comparableDischarges)} training discharges are like it.`}
        </p>
      </div>
      <IconArray risk={risk} baseRate={baseRate} />
      {outOfTrainingRange.length === 0 ? null : (
        <p class="alert wide" role="note">
          <strong>Outside what the model has seen:</strong> {count(outOfTrainingRange.length)} of the values lie beyond those of
          every training discharge; the model answers as at its edge. They are listed below.
        </p>
      )}
      <p class="meta wide">
        Model {answer.model.name} <code title={answer.model.sha256}>{answer.model.sha256.slice(0, 16)}</code>, code{' '}
        {answer.model.codeVersion}
        {answer.model.synthetic ? ', trained on synthetic records' : ''}
      </p>
    </section>
  );
}
