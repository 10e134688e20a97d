/**
 * The results for people: the machine, one line per table and contestant, the other works, what failed, and what each contestant was told.
 */
import { tableText } from '../../src/cli/terminal.ts';
import type { BenchRow } from './bench-row.ts';
import type { Failure } from './contest.ts';
import { machineText, type Machine } from './machine.ts';
import type { SettingsRow } from './settings-table.ts';
import type { StoredTable } from './stored-table.ts';

export interface BenchResult {
  readonly schema: 1;
  readonly machine: Machine;
  /** One entry per call of the bench that the rows come from, oldest first. */
  readonly calls: readonly BenchCall[];
  readonly tables: readonly Omit<StoredTable, 'folder'>[];
  readonly rows: readonly BenchRow[];
  readonly failures: readonly Failure[];
  readonly settings: readonly SettingsRow[];
  /** Arguments passed to each library. */
  readonly exactSettings: Readonly<Record<string, unknown>>;
}

export interface BenchCall {
  /** When it began, ISO 8601. */
  readonly date: string;
  readonly loadBefore: number;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Three significant digits, without an exponent. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 9));
}

const times = (row: BenchRow | undefined): string => (row?.ratio === null || row === undefined ? '–' : `${figure(row.ratio)}x`);
const scaled = (value: number | null | undefined, by: number): string =>
  figure(value === null || value === undefined ? null : value * by);

const contestWorks = ['fit', 'predict batch', 'predict one', 'attributions'];

/** One line per table and contestant. */
export function contestText(rows: readonly BenchRow[]): string {
  const lines: string[][] = [];
  let last = '';
  for (const { table, contestant } of rows.filter((row) => row.work === 'fit')) {
    const [fit, batch, one, attributions] = contestWorks.map((work) =>
      rows.find((row) => row.work === work && row.table === table && row.contestant === contestant),
    );
    const p99 = one?.more['p99S'];
    lines.push([
      table === last ? '' : table,
      contestant !== 'ours' && fit?.more['outOfBag'] === 'yes' ? `${contestant} + oob` : contestant,
      figure(fit?.cpuS),
      times(fit),
      figure(fit?.wallS),
      figure(fit?.rssMb),
      fit?.auroc?.toFixed(4) ?? '–',
      String(fit?.more['leaves'] ?? '–'),
      scaled(batch?.cpuS, 1e6),
      times(batch),
      `${scaled(one?.wallS, 1e6)} / ${scaled(typeof p99 === 'number' ? p99 : null, 1e6)}`,
      times(one),
      scaled(attributions?.cpuS, 1e3),
      times(attributions),
    ]);
    last = table;
  }
  return tableText(
    [
      'table',
      'contestant',
      'fit CPU s',
      '/ ours',
      'wall s',
      'added MB',
      'AUROC',
      'leaves',
      'batch us/row',
      '/ ours',
      'one row us p50 / p99',
      '/ ours',
      'SHAP ms/row',
      '/ ours',
    ],
    lines,
  );
}

/** The works beside the forest. */
export function otherText(rows: readonly BenchRow[]): string {
  return tableText(
    ['work', 'on', 'by', 'unit', 'CPU s a unit', 'wall s a unit', 'units/s', '/ ours'],
    rows.map((row) => [
      row.work,
      row.table,
      row.contestant,
      row.unit,
      figure(row.cpuS),
      figure(row.wallS),
      figure(row.perSecond),
      times(row),
    ]),
  );
}

/** One line per goal; empty where no row has one. */
export function goalText(rows: readonly BenchRow[]): string {
  const lines = rows.flatMap(({ work, table, goals = [] }) =>
    goals.map(({ goal, found, reached }) => [work, table, goal, found, reached ? 'yes' : 'no']),
  );
  return lines.length === 0 ? '' : tableText(['work', 'on', 'goal', 'found', 'reached'], lines);
}

export function resultText(result: BenchResult): string {
  const contest = result.rows.filter((row) => contestWorks.includes(row.work));
  const others = result.rows.filter((row) => !contestWorks.includes(row.work));
  const calls = result.calls.map(({ date, loadBefore }) => `${date.slice(0, 16)}Z, load ${loadBefore} before`);
  const parts = [`${machineText(result.machine)}\n${calls.join('; ')}`];
  if (contest.length > 0) {
    parts.push(
      contestText(contest),
      'CPU: user + system, all threads. / ours: median over the pairs of neighbouring runs; one row: wall time. Memory: added at the peak of the fit.\n' +
        result.tables
          .map(
            (t) =>
              `${t.name}: ${t.rows} x ${t.columns}, ${t.twoValuedColumns} columns of at most two values, ${(100 * t.missing).toFixed(1)} % missing, ` +
              `${(100 * t.positives).toFixed(1)} % positives, AUROC on ${t.freshRows} fresh rows`,
          )
          .join('\n'),
      'What each was told (exact arguments: bench.json)',
      tableText(
        ['', 'ours', 'sklearn', 'lightgbm', 'xgboost', 'ydf'],
        result.settings.map((row) => [row.idea, row.ours, row.sklearn, row.lightgbm, row.xgboost, row.ydf]),
      ),
    );
  }
  if (others.length > 0) parts.push(otherText(others));
  const goals = goalText(others);
  if (goals !== '') parts.push(goals);
  if (result.failures.length > 0) {
    parts.push(
      tableText(
        ['failed on', 'contestant', 'what', 'error'],
        result.failures.map(({ table, contestant, what, error }) => [
          table,
          contestant,
          what,
          error.split('\n')[0]?.slice(0, 150) ?? '',
        ]),
      ),
    );
  }
  return parts.join('\n\n');
}
