/**
 * A table of numbers with a caption, that scrolls within its place where the page is narrow.
 */
import type { ComponentChildren, VNode } from 'preact';
import { withInterval, type Estimate } from '../text/number-text.ts';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Words, not numbers: set to the left. The first such column names the row. */
  readonly text?: boolean;
}

/** An estimate with its interval below it. */
export function FigureCell({ figure, digits = 3 }: { readonly figure: Estimate | null; readonly digits?: number }): VNode {
  const [value = '', interval] = withInterval(figure, digits).split(' (');
  return (
    <>
      {value}
      {interval === undefined ? null : <span class="sub interval">{interval.replace(')', '')}</span>}
    </>
  );
}

export interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly emphasised?: (row: Row) => boolean;
}

export function NumberTable<Row>({ caption, columns, rows, emphasised }: TableProps<Row>): VNode {
  const [first, ...rest] = columns as [Column<Row>, ...Column<Row>[]];
  const className = (column: Column<Row>): string => (column.text === true ? 'text' : '');
  return (
    <div class="table" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" class={className(column)}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i} class={emphasised?.(row) === true ? 'emphasis' : ''}>
              <th scope="row" class={className(first)}>
                {first.cell(row)}
              </th>
              {rest.map((column) => (
                <td key={column.head} class={className(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
