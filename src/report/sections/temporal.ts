/**
 * Later discharges: learnt before a day, tested after it, as a model in use would be; and every other validation of the run.
 */
import { figureBlock, notComputed } from '../figure.ts';
import { mainEvidence } from '../headline.ts';
import { html, type Markup } from '../markup.ts';
import { modelName, modelOrder, statisticName, validationName } from '../names.ts';
import { count, isNumber, percent, signed } from '../number-text.ts';
import { forestPanelsSvg } from '../plots/forest-panels.ts';
import type { ReportInput, ReportValidation } from '../report-input.ts';
import { capital, groupedCounts } from '../sentence.ts';
import { blue, vermillion } from '../series-style.ts';
import { figureCell, table, type Column } from '../table.ts';
import { comparisonFigure, resultTables } from './baselines.ts';
import { calibrationFigure } from './performance.ts';
import type { Section } from './section.ts';

export function temporalSection({ metrics }: ReportInput): Section {
  const evidence = metrics.evidence?.temporal ?? undefined;
  const shown = [
    'grouped',
    ...(evidence === undefined ? [] : ['temporal']),
    ...(mainEvidence(metrics) === undefined ? [] : ['external', 'local']),
  ];
  const others = metrics.validations.filter(({ name }) => !shown.includes(name));
  const body =
    evidence === undefined && others.length === 0
      ? notComputed('the records do not reach far enough to be divided in time, or no such split was asked for.')
      : html`${
          evidence === undefined
            ? ''
            : html`<p>${groupedCounts(capital(evidence.description))} ${sizes(evidence)}</p>
                ${comparisonFigure('fig-temporal', 'later discharges', { results: evidence.headline, differences: evidence.differences })}
                ${resultTables({ results: evidence.headline, differences: evidence.differences }, 'Later discharges')}
                ${calibrationFigure(evidence.calibration, 'fig-temporal-calibration', 'risks of later discharges')}`
        }${others.length === 0 ? '' : otherValidations(others)}`;
  return { id: 'temporal', title: 'Later discharges', body };
}

interface Row {
  readonly validation: ReportValidation;
  /** Absent on the line that heads the models of a validation. */
  readonly model?: string;
}

function otherValidations(validations: readonly ReportValidation[]): Markup {
  const rows = validations.flatMap((validation): Row[] => [
    { validation },
    ...modelOrder(Object.keys(validation.results)).map((model) => ({ validation, model })),
  ]);
  return html`${validations.map(
    (validation) =>
      html`<p>
        <strong>${validationName(validation.name)}.</strong> ${groupedCounts(capital(validation.description))}
        ${sizes(validation)}
      </p> `,
  )}${figureBlock({
    title: 'AUROC for each part by itself',
    svg: forestPanelsSvg(
      {
        id: 'fig-validations',
        title: 'Forest plot of AUROC by validation and model',
        description: validations
          .map(({ name, rows: n, events }) => `${validationName(name)}: ${count(n)} discharges, ${count(events)} events`)
          .join('; '),
      },
      [
        { label: 'AUROC', reference: 0.5, colour: blue },
        { label: 'Forest minus this model', reference: 0, colour: vermillion, marker: 'diamond' },
      ],
      rows
        .filter(({ validation, model }) => model === undefined || isNumber(validation.results[model]?.['auroc']?.estimate))
        .map(({ validation, model }) =>
          model === undefined
            ? { label: `${validationName(validation.name)} (${count(validation.events)} events)`, heading: true, figures: [] }
            : {
                label: modelName(model),
                emphasis: model === 'forest',
                figures: [validation.results[model]?.['auroc'], model === 'forest' ? undefined : validation.differences?.[model]],
              },
        ),
    ),
    reading:
      'As above, for each part by itself. Where a model ranks well among patients it has seen and not among others, it may have learnt the patients rather than the risk; but those not seen also have shorter histories. Numbers in the table below.',
  })}${table({
    caption: 'Each part by itself, with 95 % intervals',
    columns: [
      { head: 'Model', text: true, cell: ({ model }) => (model === undefined ? '' : modelName(model)) },
      ...statistics.map(statisticColumn),
      {
        head: 'Forest minus this',
        cell: ({ validation, model }) =>
          model === undefined || model === 'forest' ? '' : figureCell(validation.differences?.[model], signed),
      },
    ],
    rows,
    heading: ({ validation, model }) => (model === undefined ? validationName(validation.name) : undefined),
    emphasis: ({ model }) => model === 'forest',
  })}`;
}

const statistics = ['auroc', 'withinReasonAuroc', 'averagePrecision', 'scaledBrier', 'calibrationIntercept', 'calibrationSlope'];

function statisticColumn(statistic: string): Column<Row> {
  const { name, ideal } = statisticName(statistic);
  return {
    head: html`${name}<span class="ideal">${ideal}</span>`,
    cell: ({ validation, model }) => figureCell(model === undefined ? undefined : validation.results[model]?.[statistic]),
  };
}

function sizes({
  rows,
  events,
  patients,
}: {
  readonly rows: number;
  readonly events: number;
  readonly patients: number;
}): string {
  return `${count(rows)} discharges of ${count(patients)} patients, ${count(events)} events (${percent(events / rows)}).`;
}
