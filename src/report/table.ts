/**
 * Tables of the report: a caption, a head, numbers to the right with their interval beneath.
 */
import type { MetricInterval } from '../model/index.ts';
import { html, trusted, type Content, type Markup } from './markup.ts';
import { NO_VALUE, decimal, intervalText, isNumber, type NumberText } from './number-text.ts';

export interface Column<Row> {
  readonly head: Content;
  /** Text stands left, numbers right; default numbers. */
  readonly text?: boolean;
  readonly cell: (row: Row) => Content;
}

export interface TableOptions<Row> {
  readonly caption: Content;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** What a row is marked with: the model itself among baselines. */
  readonly emphasis?: (row: Row) => boolean;
  /** A line that heads the rows after it. */
  readonly heading?: (row: Row) => string | undefined;
}

/** From this many columns on letters are smaller, so that a table fits the page. */
const WIDE = 9;

export function table<Row>({ caption, columns, rows, emphasis, heading }: TableOptions<Row>): Markup {
  const side = (column: Column<Row>): Markup => trusted(column.text === true ? 'text' : 'number');
  const line = (row: Row): Markup => {
    const title = heading?.(row);
    if (title !== undefined)
      return html`<tr class="heading">
        <th scope="rowgroup" colspan="${columns.length}">${title}</th>
      </tr>`;
    const cells = columns.map((column, c) =>
      c === 0
        ? html`<th scope="row" class="${side(column)}">${column.cell(row)}</th>`
        : html`<td class="${side(column)}">${column.cell(row)}</td>`,
    );
    return html`<tr${emphasis?.(row) === true ? html` class="emphasis"` : ''}>${cells}</tr>`;
  };
  return html`<div class="table${columns.length >= WIDE ? ' wide' : ''}" tabindex="0" role="region" aria-label="Table">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" class="${side(column)}">${column.head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(line)}
      </tbody>
    </table>
  </div> `;
}

/** An estimate with its interval on a second line. */
export function figureCell(figure: MetricInterval | null | undefined, text: NumberText = decimal): Content {
  if (!isNumber(figure?.estimate)) return html`<span class="none">${NO_VALUE}</span>`;
  return html`${text(figure.estimate)}<span class="interval">${intervalText(figure, text)}</span>`;
}
