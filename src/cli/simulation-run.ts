/**
 * A simulation from the command line: process by name, records planted, truth written beside them, and the account as text.
 */
import type { SimulationReport, StateCounts } from '../simulation/index.ts';
import type { OnProgress } from '../util/progress.ts';
import { tableText } from './terminal.ts';

export const defaultProcess = 'general-hospital';
/** Massachusetts in winter, where the shipped patients live. */
export const defaultUtcOffset = -300;

export interface SimulationTask {
  readonly data: string;
  readonly out: string;
  readonly seed: number;
  /** Default: defaultProcess. */
  readonly process?: string;
  /** Minutes ahead of UTC; default: defaultUtcOffset. */
  readonly utcOffset?: number;
}

/**
 * Writes the planted landing folder and truth.parquet in it; on any error or interruption the folder is as it was.
 * The truth can be read by its owner alone (mode 0600), as every table of this program: its rows are patients.
 */
export async function simulateInto(task: SimulationTask, onProgress: OnProgress, signal: AbortSignal): Promise<SimulationReport> {
  const { readProcess, simulate, truthColumns } = await import('../simulation/index.ts');
  const { writeTable } = await import('../warehouse/index.ts');
  const { report } = await simulate(task.data, task.out, {
    seed: task.seed,
    process: readProcess(task.process ?? defaultProcess),
    utcOffsetMinutes: task.utcOffset ?? defaultUtcOffset,
    writeTruth: (path, truth) => writeTable(path, truthColumns(truth.rows, truth)),
    onProgress,
    signal,
  });
  return report;
}

/** The account of a simulation, for people. */
export function plantedText(report: SimulationReport, out: string): string {
  const { stays, draws, index, deaths, resources, intercepts } = report;
  const total = (counts: StateCounts): number => Object.values(counts).reduce((sum, n) => sum + n, 0);
  const row = (name: string, counts: StateCounts): (string | number)[] => [
    name,
    total(counts),
    ...(['unplanned', 'death', 'planned', 'none'] as const).map(
      (state) => `${counts[state]} (${percent(counts[state], total(counts))})`,
    ),
  ];
  return [
    `process ${report.process} (${report.processSha256.slice(0, 12)}), seed ${report.seed}; intercepts ${
      report.iterations === 0 ? 'as frozen' : `solved in ${report.iterations} rounds`
    }: unplanned ${intercepts.unplanned.toFixed(3)}, death ${intercepts.death.toFixed(3)}, planned ${intercepts.planned.toFixed(3)}`,
    `${report.patients} patients: ${stays.natural} natural stays kept, ${stays.admissions} acute admissions, ${stays.unplanned} unplanned and ${stays.planned} planned returns planted`,
    `${deaths.drawn} deaths drawn, ${deaths.moved} natural deaths moved; ${resources.planted} resources planted, ${resources.displaced} displaced, ${resources.replaced} changed`,
    tableText(
      ['what followed', 'discharges', 'unplanned', 'death', 'planned', 'none'],
      [row('every draw', draws), row('index discharges', index)],
    ),
    `records, process.json, truth.parquet (for your eyes alone: its rows are patients) and displaced.ndjson.gz are in ${out}`,
  ].join('\n');
}

function percent(n: number, of: number): string {
  return of === 0 ? '–' : `${((100 * n) / of).toFixed(1)} %`;
}
