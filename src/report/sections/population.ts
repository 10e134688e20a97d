/**
 * Study population: the flow from encounters to index discharges, and what followed a discharge.
 */
import { figureBlock, legend, notComputed, numbersTable } from '../figure.ts';
import { html, type Markup } from '../markup.ts';
import { stateName, stateOrder } from '../names.ts';
import { count, percent, withInterval } from '../number-text.ts';
import { attritionFlowSvg, flowStages, type FlowStage } from '../plots/attrition-flow.ts';
import { incidenceSvg } from '../plots/incidence.ts';
import { toldIncidence } from '../../model/index.ts';
import type { ReportAttritionLine, ReportInput, ReportMetrics } from '../report-input.ts';
import { stateStyle } from '../series-style.ts';
import { table } from '../table.ts';
import type { Section } from './section.ts';

export function populationSection({ metrics }: ReportInput): Section {
  const lines = metrics.attritionLines ?? [];
  const stages = lines.length > 0 ? flowStages(lines) : stagesOfSteps(metrics);
  const body =
    stages.length === 0
      ? notComputed('the run did not record how stays became index discharges.')
      : html`<p>
            ${count(metrics.discharges)} index discharges of ${count(metrics.patients)} patients. Outcome: ${metrics.outcome}.
          </p>
          ${figureBlock({
            title: 'From encounters to index discharges and what followed',
            svg: attritionFlowSvg(
              {
                id: 'fig-flow',
                title: 'Flow of the study population',
                description: `${stages.map(({ label, n }) => `${label} ${count(n)}`).join('; ')}; ${stateOrder(
                  Object.keys(metrics.states),
                )
                  .map((state) => `${stateName(state)} ${count(metrics.states[state])}`)
                  .join('; ')}.`,
              },
              stages,
              metrics.states,
            ),
            reading: html`Read from top to bottom. Each box at the side lists what was taken away, rule by rule, in the order in
            which rules are tried: what fits two rules is counted at the first. The last row says what came first after the index
            discharge.`,
          })}
          ${lines.length > 0 ? ruleTable(lines) : ''}`;
  return { id: 'population', title: 'Study population', body };
}

function stagesOfSteps({ attrition }: ReportMetrics): FlowStage[] {
  const steps = attrition ?? [];
  const [first, ...rules] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return [];
  return [
    { label: first.rule, n: first.remaining, removed: [], verb: '' },
    {
      label: 'index discharges',
      n: last.remaining,
      verb: 'Excluded',
      removed: rules.map(({ rule, removed }) => ({ label: rule, n: removed })),
    },
  ];
}

const kinds: Readonly<Record<number, string>> = {
  10: 'Encounters',
  15: 'Kept out',
  20: 'Encounters',
  25: 'Joined',
  30: 'Stays',
  40: 'Excluded',
  50: 'Discharges',
  60: 'Patients',
  70: 'Outcome state',
  71: 'Planned by rule',
};

function ruleTable(lines: readonly ReportAttritionLine[]): Markup {
  return html`<details>
    <summary>All ${lines.length} lines of the flow, rules that removed nothing included</summary>
    ${table({
      caption: 'Every rule of the cohort, in the order in which it is tried',
      columns: [
        { head: 'Kind', text: true, cell: ({ step }) => kinds[step] ?? `Step ${step}` },
        { head: 'Rule', text: true, cell: ({ label, title, step }) => title ?? (step === 70 ? stateName(label) : label) },
        { head: 'n', cell: ({ n }) => count(n) },
        { head: 'Unit', text: true, cell: ({ unit }) => unit },
        { head: 'Note', text: true, cell: ({ note }) => note ?? '' },
      ],
      rows: lines,
    })}
  </details>`;
}

export function incidenceSection({ metrics }: ReportInput): Section {
  const incidence = metrics.cumulativeIncidence ?? [];
  const rows = toldIncidence(incidence).flatMap(({ state, points }) => points.map((point) => ({ state, ...point })));
  const body =
    rows.length === 0
      ? notComputed('outcomes have no days after discharge (labels from a file), or none were recorded.')
      : figureBlock({
          title: 'Cumulative incidence of what came first after discharge',
          svg: incidenceSvg(
            {
              id: 'fig-incidence',
              title: 'Cumulative incidence after discharge',
              description: rows
                .map(({ state, day, estimate }) => `${stateName(state)} by day ${day}: ${percent(estimate)}`)
                .slice(0, 12)
                .join('; '),
            },
            incidence,
          ),
          legend: legend(
            incidence.map(({ state }, place) => {
              const style = stateStyle(state, place);
              return { label: stateName(state), style, marker: style.marker };
            }),
          ),
          reading: html`The height of a curve is the share of discharges with that event, before any other, by that day; bars and
          bands are 95 % intervals. The events compete: who dies first can no longer be readmitted (Aalen–Johansen estimate).`,
          numbers: numbersTable(
            [
              { head: 'First event', text: true, cell: ({ state }) => stateName(state) },
              { head: 'By day', cell: ({ day }) => day },
              { head: 'Cumulative incidence', cell: (point) => withInterval(point, percent) },
            ],
            rows,
            'Cumulative incidence with 95 % intervals',
          ),
        });
  return { id: 'incidence', title: 'What followed a discharge', body };
}
