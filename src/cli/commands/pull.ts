/**
 * `readmission pull`: patients and their records from a FHIR R4 server into a landing folder.
 */
import { Command } from 'commander';
import type { PullReport } from '../../fhir/index.ts';
import { interruption } from '../interruption.ts';
import { wholeNumber } from '../number-option.ts';
import { createTerminal, tableText } from '../terminal.ts';
import { tokenSource } from '../token.ts';

interface PullFlags {
  server: string;
  out: string;
  patients?: string;
  inpatient?: boolean;
  types?: string;
  maxPatients?: number;
  historyYears?: number;
  pageSize?: number;
  parallel?: number;
  allowPartial?: boolean;
  rewriteOrigin?: boolean;
  allowHttp?: boolean;
  gzip?: boolean;
  force?: boolean;
  tokenFile?: string;
  json?: boolean;
}

export function pullCommand(): Command {
  return new Command('pull')
    .description('Pull patients and their records from a FHIR R4 server into a landing folder; the same command resumes.')
    .requiredOption('--server <url>', 'base address, for example https://hapi.fhir.org/baseR4')
    .requiredOption('--out <dir>', 'landing folder to make')
    .option('--patients <query>', "Patient query (default: 'identifier=https://github.com/synthetichealth/synthea|')")
    .option('--inpatient', 'find patients by their inpatient encounters (Encounter?class=IMP) instead')
    .option('--types <list>', 'resource types beside Patient, joined by commas')
    .option('--max-patients <n>', 'stop after this many patients', wholeNumber(1, 1_000_000_000))
    .option('--page-size <n>', 'entries asked for per page', wholeNumber(1, 10_000))
    .option('--parallel <n>', 'requests at once', wholeNumber(1, 16))
    .option(
      '--history-years <n>',
      'records are complete only for the last N years of each patient (Synthea exports 10 by default)',
      wholeNumber(1, 150),
    )
    .option('--allow-partial', 'accept fewer resources than the server counts')
    .option('--rewrite-origin', 'keep path and query of next links but never their host')
    .option('--allow-http', 'accept http to another machine; never with a token')
    .option('--gzip', 'compress the data files')
    .option('--force', 'pull again into a folder that holds a finished pull')
    .option('--token-file <path>', 'file with a bearer token (or the variable READMISSION_FHIR_TOKEN)')
    .option('--json', 'print the report as one JSON line')
    .addHelpText('after', '\nExample:\n  readmission pull --server https://hapi.fhir.org/baseR4 --out landing --max-patients 200')
    .action(run);
}

async function run(flags: PullFlags): Promise<void> {
  const terminal = createTerminal(flags);
  const { pull } = await import('../../fhir/index.ts');
  const { tokenFile, types, json: _json, ...options } = flags;
  const report = await pull({
    ...options,
    ...(types === undefined ? {} : { types: types.split(',').map((type) => type.trim()) }),
    token: tokenSource(tokenFile),
    signal: interruption.signal,
    onProgress: terminal.onProgress,
  });
  const { manifest: _manifest, ...summary } = report;
  terminal.result(summary, pullText(report));
}

/** The accounting of a pull: received = stored + duplicate + quarantined, beside what the server counted. */
export function pullText(report: PullReport): string {
  const rows = Object.entries(report.types).map(([type, a]) => [
    type,
    a.expected ?? 'not stated',
    a.received,
    a.stored,
    a.duplicate,
    a.quarantined,
  ]);
  return [
    tableText(['type', 'counted by server', 'received', 'stored', 'duplicate', 'quarantined'], rows),
    `${report.patients} patients, ${report.requests} requests, ${report.retries} retries; received = stored + duplicate + quarantined`,
    ...report.warnings.map((warning) => `warning: ${warning}`),
  ].join('\n');
}
