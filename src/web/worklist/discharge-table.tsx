/**
 * The ranked discharges: to look through, to narrow down, to take along as a file.
 *
 * Choice  a page of rows at a time: a table that a screen reader, the search of the browser and a printer can work with, however long the list
 */
import type { VNode } from 'preact';
import { useDeferred } from '../parts/use-deferred.ts';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Worklist } from '../api/answers.ts';
import { download } from '../parts/download.ts';
import { usePageState, useStore } from '../parts/hooks.ts';
import { scaleEnd } from '../parts/risk-bar.tsx';
import { count, counted, percent } from '../text/number-text.ts';
import { defaultTop } from './capacity-panel.tsx';
import { DischargeRow } from './discharge-row.tsx';
import { worklistCsv } from './worklist-csv.ts';
import { filterEntries, pageOf, type RankedEntry } from './worklist-filter.ts';

const PAGE_ROWS = 50;

export interface DischargeTableProps {
  readonly worklist: Worklist;
  readonly ranked: readonly RankedEntry[];
}

export function DischargeTable({ worklist, ranked }: DischargeTableProps): VNode {
  const state = usePageState();
  const look = useStore(state.look);
  const model = useStore(state.model);
  const text = useDeferred(look.text);
  const top = Math.min(ranked.length, look.top ?? defaultTop(ranked.length));
  const bands = useMemo(() => bandNames(model.status === 'ready' ? model.value.bands : [], ranked), [model, ranked]);
  const end = useMemo(() => scaleEnd(ranked.map(({ entry }) => entry)), [ranked]);
  const shown = useMemo(() => filterEntries(ranked, text, look.band), [ranked, text, look.band]);
  const { rows, page, pages } = pageOf(shown, look.page, PAGE_ROWS);
  const body = useRef<HTMLTableElement>(null);
  const note = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    state.say(`${count(shown.length)} of ${counted(ranked.length, 'discharge')} shown`);
  }, [state, shown, ranked]);
  // Who comes back from a patient goes on where they were.
  useEffect(() => {
    const { opened } = state.look.value;
    if (opened === null) return;
    body.current?.querySelector<HTMLElement>(`[data-opened]`)?.focus();
    state.look.set({ ...state.look.value, opened: null });
  }, [state]);
  const lastTop = rows.reduce((last, { rank }, i) => (rank <= top ? i : last), -1);
  const turn = (to: number): void => {
    state.look.set({ ...state.look.value, page: to });
    note.current?.focus();
    note.current?.scrollIntoView();
  };
  return (
    <section class="discharges" aria-labelledby="discharges-title">
      <h2 id="discharges-title">Discharges</h2>
      <div class="controls" role="search">
        <label class="grow">
          Find a name, an id, a reason
          <input
            type="search"
            value={look.text}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => state.look.set({ ...state.look.value, text: event.currentTarget.value, page: 0 })}
          />
        </label>
        <label>
          Band
          <select
            value={look.band}
            onChange={(event) => state.look.set({ ...state.look.value, band: event.currentTarget.value, page: 0 })}
          >
            <option value="">all ({count(ranked.length)})</option>
            {[...bands].reverse().map((band) => (
              <option key={band} value={band}>
                {band} ({count(ranked.filter(({ entry }) => entry.band === band).length)})
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          disabled={shown.length === 0}
          title="The file holds names and ids of patients: keep it where patient data may be kept"
          onClick={() => download('worklist.csv', 'text/csv;charset=utf-8', worklistCsv(worklist, shown))}
        >
          Export {count(shown.length)} as CSV
        </button>
      </div>
      {shown.length === 0 ? (
        <p class="absent">No discharge matches. Clear the text or choose all bands.</p>
      ) : (
        <>
          <p class="note" id="ranked-note" tabIndex={-1} ref={note}>
            {count(page * PAGE_ROWS + 1)} to {count(page * PAGE_ROWS + rows.length)} of {counted(shown.length, 'discharge')},
            highest risk first. Bars run from 0 to {percent(end)}; the tick is the base rate, {percent(worklist.baseRate)}.
          </p>
          <table class="ranked" ref={body} role="table" aria-labelledby="discharges-title" aria-describedby="ranked-note">
            <thead role="rowgroup">
              <tr role="row">
                <th scope="col" role="columnheader" class="number">
                  Rank
                </th>
                <th scope="col" role="columnheader">
                  Patient
                </th>
                <th scope="col" role="columnheader">
                  Discharge
                </th>
                <th scope="col" role="columnheader">
                  Risk within the horizon
                </th>
                <th scope="col" role="columnheader">
                  Band
                </th>
                <th scope="col" role="columnheader">
                  Main reasons
                </th>
              </tr>
            </thead>
            <tbody role="rowgroup">
              {rows.map((row, i) => (
                <DischargeRow
                  key={row.entry.encounter}
                  row={row}
                  baseRate={worklist.baseRate}
                  end={end}
                  bands={bands}
                  edge={i === lastTop && row.rank === top && top < ranked.length ? top : null}
                  seen={row.rank <= top}
                  opened={row.entry.encounter === state.look.value.opened}
                />
              ))}
            </tbody>
          </table>
          {pages === 1 ? null : (
            <nav class="pages" aria-label="Pages of the list">
              <button type="button" disabled={page === 0} onClick={() => turn(0)}>
                First
              </button>
              <button type="button" disabled={page === 0} onClick={() => turn(page - 1)}>
                Previous
              </button>
              <span>
                Page {count(page + 1)} of {count(pages)}
              </span>
              <button type="button" disabled={page === pages - 1} onClick={() => turn(page + 1)}>
                Next
              </button>
            </nav>
          )}
        </>
      )}
    </section>
  );
}

/** Bands of the model, lowest first; where they are not known, those of the list by their lowest risk. */
function bandNames(bands: readonly { readonly name: string; readonly from: number }[], ranked: readonly RankedEntry[]): string[] {
  const known = [...bands].sort((a, b) => a.from - b.from).map(({ name }) => name);
  const listed = [...new Set([...ranked].reverse().map(({ entry }) => entry.band))].filter((band) => !known.includes(band));
  return [...known, ...listed];
}
