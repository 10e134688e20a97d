/**
 * Later discharges: learnt before a day, tested after it, as a model in use would be.
 */
import { notComputed } from '../figure.ts';
import { html, type Markup } from '../markup.ts';
import { count, percent } from '../number-text.ts';
import type { ReportInput, ReportValidation } from '../report-input.ts';
import { comparisonFigure, resultTables } from './baselines.ts';
import { calibrationFigure } from './performance.ts';
import type { Section } from './section.ts';

export function temporalSection({ metrics }: ReportInput): Section {
  const evidence = metrics.evidence?.temporal ?? undefined;
  const others = metrics.validations.filter(({ name }) => name !== 'grouped' && (evidence === undefined || name !== 'temporal'));
  const body =
    evidence === undefined && others.length === 0
      ? notComputed('the records do not reach far enough to be divided in time, or no such split was asked for.')
      : html`${
          evidence === undefined
            ? ''
            : html`<p>${evidence.description} ${sizes(evidence)}</p>
                ${comparisonFigure('fig-temporal', 'later discharges', { results: evidence.headline, differences: evidence.differences })}
                ${resultTables({ results: evidence.headline, differences: evidence.differences }, 'Later discharges')}
                ${calibrationFigure(evidence.calibration, 'fig-temporal-calibration', 'risks of later discharges')}`
        }${others.map(otherValidation)}`;
  return { id: 'temporal', title: 'Later discharges', body };
}

function otherValidation(validation: ReportValidation, place: number): Markup {
  return html`<h3>${validation.name}</h3>
    <p>${validation.description} ${sizes(validation)}</p>
    ${comparisonFigure(`fig-validation-${place + 1}`, validation.name, { results: validation.results, differences: validation.differences ?? {} })}
    ${resultTables({ results: validation.results, differences: validation.differences ?? {} }, validation.name)}`;
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
