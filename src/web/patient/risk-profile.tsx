/**
 * The risk of this discharge over the values of one feature, all others as recorded.
 */
import * as Plot from '@observablehq/plot';
import type { VNode } from 'preact';
import { useCallback } from 'preact/hooks';
import type { PatientView } from '../api/answers.ts';
import { Figure } from '../parts/plot.tsx';
import { usePageState, useStore } from '../parts/hooks.ts';
import { ProblemBox } from '../parts/problem-box.tsx';
import { NumberTable } from '../parts/table.tsx';
import { featureName, shownUnit } from '../text/names.ts';
import { percent, plainValue } from '../text/number-text.ts';

export function RiskProfile({ view }: { readonly view: PatientView }): VNode | null {
  const state = usePageState();
  const answer = useStore(state.profile);
  const profile = answer.status === 'ready' ? answer.value.explanation.profile : null;
  const { baseRate } = view.explanation.answer;
  const draw = useCallback(
    (width: number): Plot.PlotOptions => {
      const steps = profile?.steps ?? [];
      const top = Math.max(baseRate, profile?.own.risk ?? 0, ...steps.map(({ risk }) => risk));
      const own = profile === null || profile.own.value === null ? [] : [{ x: profile.own.value, y: profile.own.risk }];
      return {
        height: 200,
        marginLeft: 48,
        marginRight: 14,
        marginTop: 10,
        marginBottom: 38,
        x: {
          label: profile === null ? null : shownUnit(profile.unit) || featureName(profile.feature),
          labelAnchor: 'center',
          labelArrow: 'none',
          ticks: width < 380 ? 4 : 6,
        },
        y: {
          domain: [0, Math.min(1, 1.15 * top)],
          label: null,
          grid: true,
          ticks: 4,
          tickFormat: (share: number) => `${Number((100 * share).toFixed(1))} %`,
        },
        marks: [
          Plot.ruleY([0], { stroke: 'var(--ink)' }),
          Plot.ruleY([baseRate], { stroke: 'var(--muted)', strokeDasharray: '4 3' }),
          Plot.ruleX(
            steps.slice(1).map(({ from, risk }, i) => ({ from, risk, before: steps[i]?.risk ?? risk })),
            { x: 'from', y1: 'before', y2: 'risk', stroke: 'var(--blue)' },
          ),
          Plot.ruleY(steps, { y: 'risk', x1: 'from', x2: 'to', stroke: 'var(--blue)', strokeWidth: 3 }),
          Plot.dot(own, { x: 'x', y: 'y', symbol: 'diamond', r: 7, fill: 'var(--vermillion)', stroke: 'var(--paper)' }),
        ],
      };
    },
    [profile, baseRate],
  );
  if (answer.status === 'failed') {
    return <ProblemBox problem={answer.problem} missing="The risk over this feature" again={() => state.profile.again()} />;
  }
  if (profile === null) return answer.status === 'loading' ? <p class="note">Asking for the risk over its range …</p> : null;
  const name = featureName(profile.feature);
  const risks = profile.steps.map(({ risk }) => risk);
  return (
    <Figure
      title={`Risk over ${name}`}
      words={`Risk over ${name} from ${plainValue(profile.range.from)} to ${plainValue(profile.range.to)}: between ${percent(Math.min(...risks))} and ${percent(Math.max(...risks))}. This discharge: ${percent(profile.own.risk)}.`}
      draw={draw}
      reading={`All else as recorded; the diamond is this discharge, dashed the base rate. ${profile.own.value === null ? 'Not known here' : 'Were it not known'}: ${percent(profile.missing.risk)}. ${profile.caution}`}
      numbers={
        <NumberTable
          caption={`Risk over ${name}`}
          columns={[
            { head: 'From', cell: ({ from }) => plainValue(from) },
            { head: 'To', cell: ({ to }) => plainValue(to) },
            { head: 'Risk', cell: ({ risk }) => percent(risk) },
          ]}
          rows={profile.steps}
        />
      }
    />
  );
}
