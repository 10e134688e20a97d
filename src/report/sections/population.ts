/**
 * Study population: the flow from encounters to index discharges, and what followed a discharge.
 */
import { figureBlock, legend, notComputed, numbersTable } from '../figure.ts';
import { judgedKind, populationOf } from '../headline.ts';
import { html, type Content, type Markup } from '../markup.ts';
import { stateName, stateOrder } from '../names.ts';
import { count, percent, withInterval } from '../number-text.ts';
import { attritionFlowSvg, flowStages, type FlowStage } from '../plots/attrition-flow.ts';
import { incidenceSvg, isCurve } from '../plots/incidence.ts';
import { importedFrom, isTableModel, toldIncidence } from '../../model/index.ts';
import type { ReportAttritionLine, ReportInput, ReportMetrics, ReportPopulation } from '../report-input.ts';
import { stateStyle } from '../series-style.ts';
import { table } from '../table.ts';
import type { Section } from './section.ts';

export function populationSection({ metrics, header }: ReportInput): Section {
  const population = populationOf(metrics);
  const lines = population.attritionLines ?? [];
  const stages = [
    ...(lines.length > 0 ? flowStages(lines) : stagesOfSteps(population)),
    ...(importedFrom(header) === undefined ? judgedStage(population) : []),
  ];
  const states = population.judged?.states ?? population.states;
  const ofTable = isTableModel(header);
  const body =
    stages.length === 0
      ? notComputed('the run did not record how stays became index discharges.')
      : html`<p>
            ${sizes(population, ofTable, importedFrom(header) !== undefined)} Outcome:
            ${population.outcome}.${origin(metrics, header)}
          </p>
          ${figureBlock({
            title: ofTable
              ? 'From the rows of the table to the outcome'
              : 'From encounters to index discharges and what followed',
            svg: attritionFlowSvg(
              {
                id: 'fig-flow',
                title: 'Flow of the study population',
                description: `${stages.map(({ label, n }) => `${label} ${count(n)}`).join('; ')}; ${stateOrder(
                  Object.keys(states),
                )
                  .map((state) => `${stateName(state)} ${count(states[state])}`)
                  .join('; ')}.`,
              },
              stages,
              states,
            ),
            reading: ofTable
              ? html`Read from top to bottom. The rows are as they came: no rule of a cohort was applied. The last row says how
                many had the outcome of the label.`
              : html`Read from top to bottom. Each box at the side lists what was taken away, rule by rule, in the order in which
                rules are tried: what fits two rules is counted at the first. The last row says what came first after the index
                discharge.`,
          })}
          ${lines.length > 0 && !ofTable ? ruleTable(lines, population.judged != null) : ''}`;
  return { id: 'population', title: 'Study population', body };
}

/** @param imported  whether the forest was trained elsewhere, on patients that nobody here knows */
function sizes(
  { discharges, patients, judged, seenLeftOut, sameIdsKept }: ReportPopulation,
  ofTable: boolean,
  imported: boolean,
): Content {
  const rows = ofTable ? 'rows' : 'index discharges';
  const all = html`${count(discharges)} ${rows} of ${count(patients)} patients.`;
  if (judged === undefined || judged === null) return all;
  if (imported) return html`${all} Whom the forest was trained on is not known here: all were judged.`;
  return html`${all}
  ${
    (seenLeftOut ?? 0) === 0
      ? html`None is of a patient seen in training: all were judged.`
      : html`${count(seenLeftOut)} are of patients whose ids occur in training and were left out; ${count(judged.discharges)} of
        ${count(judged.patients)} patients were judged.`
  }${(sameIdsKept ?? 0) === 0 ? '' : html` ${count(sameIdsKept)} under patient ids of training were kept, since they are said to be of other patients.`}`;
}

/** Where the discharges are not those of training. */
function origin(metrics: ReportMetrics, header: ReportInput['header']): Content {
  const { parent, training } = header;
  const kind = judgedKind(metrics);
  const trained = html`${count(training.rows)} ${isTableModel(header) ? 'rows' : 'discharges'} of ${count(training.patients)}
  patients`;
  if (kind === 'external')
    return html` The model was trained on others${importedFrom(header) === undefined ? '' : ', as is said'}: ${trained}.`;
  return kind === 'local'
    ? html` These are those the model was recalibrated on;
      ${importedFrom(header) === undefined ? html`“${parent?.name}” was trained` : 'the forest was trained elsewhere,'} on
      ${trained}.`
    : '';
}

/** The last step of the flow, where patients seen in training had to be left out. */
function judgedStage({ judged, seenLeftOut = 0 }: ReportPopulation): FlowStage[] {
  if (judged === undefined || judged === null) return [];
  return [
    {
      label: 'discharges judged',
      n: judged.discharges,
      verb: 'Left out',
      removed: [{ label: 'discharges of patients seen in training', n: seenLeftOut }],
      always: true,
    },
  ];
}

function stagesOfSteps({ attrition }: ReportPopulation): FlowStage[] {
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

const kindsOfAll: Readonly<Record<number, string>> = {
  60: 'Patients, of all index discharges',
  70: 'Outcome state, of all index discharges',
  71: 'Planned by rule, of all index discharges',
};

/** @param more  whether not all index discharges were judged: what followed is counted of all of them here */
function ruleTable(lines: readonly ReportAttritionLine[], more: boolean): Markup {
  return html`<details>
    <summary>All ${lines.length} lines of the flow, rules that removed nothing included</summary>
    ${table({
      caption: 'Every rule of the cohort, in the order in which it is tried',
      columns: [
        { head: 'Kind', text: true, cell: ({ step }) => (more ? kindsOfAll[step] : undefined) ?? kinds[step] ?? `Step ${step}` },
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
  const population = populationOf(metrics);
  const { judged } = population;
  const incidence = (judged === undefined || judged === null ? population : judged).cumulativeIncidence ?? [];
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
            incidence.map(({ state, points }, place) => {
              const style = stateStyle(state, place);
              return { label: stateName(state), style, ...(isCurve(points) ? {} : { marker: style.marker }) };
            }),
          ),
          reading: html`The height of a curve is the share of discharges with that event, before any other, by that day; bars and
          bands are 95 % intervals. The events compete: who dies first can no longer be readmitted (Aalen–Johansen estimate).
          ${
            judged === undefined || judged === null
              ? 'Discharges that the end of the records keeps from the index count too, for as long as they were watched.'
              : 'Of the patients judged, those seen in training left out; their discharges that the end of the records keeps from the index count too, for as long as they were watched.'
          }`,
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
