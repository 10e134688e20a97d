/**
 * The machine that figures were taken on, and the versions that took part: without these a figure says nothing.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** null where no peer took part. */
  readonly python: string | null;
  /** Version by contestant or library. */
  readonly versions: Readonly<Record<string, string>>;
}

/** @param python  interpreter of the virtual environment, or null */
export function readMachine(python: string | null): Machine {
  const own = JSON.parse(readFileSync('package.json', 'utf8')) as {
    name: string;
    version: string;
    dependencies: Record<string, string>;
  };
  const versions: Record<string, string> = {
    ours: own.version,
    duckdb: own.dependencies['@duckdb/node-api'] ?? 'unknown',
    v8: process.versions.v8,
  };
  let pythonVersion: string | null = null;
  if (python !== null) {
    const script =
      'import json,sys,importlib.metadata as m; print(json.dumps([sys.version.split()[0],' +
      '{n: m.version(n) for n in ("scikit-learn","lightgbm","xgboost","ydf","shap","numpy")}]))';
    const [version, libraries] = JSON.parse(execFileSync(python, ['-c', script], { encoding: 'utf8' })) as [
      string,
      Record<string, string>,
    ];
    pythonVersion = version;
    Object.assign(versions, libraries);
  }
  return {
    cpu: processorName(),
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()}`,
    node: process.version,
    python: pythonVersion,
    versions,
  };
}

function processorName(): string {
  const name = cpus()[0]?.model.trim() ?? '';
  return name === '' ? 'unknown' : name;
}

/** Mean number of runnable processes over the last minute; above 0.5 before a measurement, others use the machine. */
export function currentLoad(): number {
  return Number((loadavg()[0] ?? 0).toFixed(2));
}

/** Two lines for the head of the table. */
export function machineText(machine: Machine): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return (
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}` +
    `${machine.python === null ? '' : `, Python ${machine.python}`}\n${versions.join(', ')}`
  );
}
