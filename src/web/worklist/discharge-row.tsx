/**
 * One discharge of the worklist.
 */
import type { VNode } from 'preact';
import { BandLabel } from '../parts/band-label.tsx';
import { usePageState } from '../parts/hooks.ts';
import { RiskBar } from '../parts/risk-bar.tsx';
import { ageAt, counted, count, dateText, daysBetween, percent, percentRange } from '../text/number-text.ts';
import type { RankedEntry } from './worklist-filter.ts';

export interface DischargeRowProps {
  readonly row: RankedEntry;
  readonly baseRate: number;
  readonly end: number;
  readonly bands: readonly string[];
  /** N, where this row is the last of the top N. */
  readonly edge: number | null;
  /** Among the top N. */
  readonly seen: boolean;
  /** It was opened last. */
  readonly opened: boolean;
}

export function DischargeRow({ row, baseRate, end, bands, edge, seen, opened }: DischargeRowProps): VNode {
  const state = usePageState();
  const { entry, rank } = row;
  const { person, risk, interval, band, reasons, notCovered } = entry;
  const age = ageAt(person.birthDate, entry.discharge);
  const days = daysBetween(entry.admission, entry.discharge);
  const open = (): void => {
    state.look.set({ ...state.look.value, opened: entry.encounter });
    state.router.openPatient({ patientId: person.id, encounterId: entry.encounter.replace(/^Encounter\//, '') });
  };
  return (
    <>
      <tr role="row" class={seen ? 'seen' : ''}>
        <td role="cell" class="number">
          {count(rank)}
        </td>
        <th role="rowheader" scope="row">
          <button type="button" class="link" onClick={open} {...(opened ? { 'data-opened': '' } : {})}>
            <bdi>{person.name ?? `Patient ${person.id}`}</bdi>
          </button>
          <span class="sub">
            {age === null ? 'age not known' : counted(age, 'year')}, {person.sex ?? 'sex not recorded'}
          </span>
          {person.name === null ? null : (
            <span class="sub id">
              <bdi>{person.id}</bdi>
            </span>
          )}
        </th>
        <td role="cell">
          {dateText(entry.discharge)}
          {days === null ? null : <span class="sub">after {counted(days, 'day')}</span>}
          <span class="sub">
            <bdi>{entry.reason ?? 'reason not recorded'}</bdi>
          </span>
        </td>
        <td role="cell" class="risk">
          <RiskBar risk={risk} interval={interval} baseRate={baseRate} end={end} />
          <strong>{percent(risk)}</strong>
          <span class="sub">{interval === null ? 'no interval' : percentRange(interval.low, interval.high)}</span>
        </td>
        <td role="cell">
          <BandLabel band={band} bands={bands} />
        </td>
        <td role="cell" class="reasons">
          <ul>
            {reasons.map(({ words, direction }) => (
              <li key={words}>
                <span class={`arrow ${direction}`} aria-hidden="true">
                  {direction === 'raises' ? '▲' : '▽'}
                </span>
                <span class="unseen">{direction} the risk: </span>
                <bdi>{words}</bdi>
              </li>
            ))}
          </ul>
          {notCovered === 0 ? null : <span class="sub">{counted(notCovered, 'feature')} not covered by the records</span>}
        </td>
      </tr>
      {edge === null ? null : (
        <tr role="row" class="edge">
          <td role="cell" colSpan={6}>
            The team sees the top {count(edge)}; below it would not
          </td>
        </tr>
      )}
    </>
  );
}
