/**
 * `readmission audit verify` and `readmission audit export`: the audit trail of a server, checked and given to others.
 */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { TrailReport } from '../../server/audit/index.ts';
import { integrityExit } from '../exit-code.ts';
import { wholeNumber } from '../number-option.ts';
import { createTerminal } from '../terminal.ts';

interface VerifyFlags {
  state: string;
  firstFile: number;
  anchor?: { seq: number; hash: string }[];
  json?: boolean;
}

interface ExportFlags {
  state: string;
  firstFile: number;
  format: 'fhir';
  out: string;
  from?: string;
  to?: string;
  json?: boolean;
}

export function auditVerifyCommand(): Command {
  return withTrail(new Command('verify'))
    .description('Check the audit trail of a server: every hash, number and file; exit code 3 where it does not hold.')
    .option('--anchor <seq:hash>', 'a line that must be there, as noted from an earlier run; may be given again', anchor)
    .option('--json', 'print the result as one JSON line')
    .addHelpText('after', '\nExample:\n  readmission audit verify --state readmission-state')
    .action(async (flags: VerifyFlags) => {
      const terminal = createTerminal(flags);
      const { verifyTrail } = await import('../../server/audit/index.ts');
      const report = await verifyTrail(join(flags.state, 'audit'), { firstFile: flags.firstFile, anchors: flags.anchor });
      terminal.result({ holds: report.faults.length === 0, ...report }, reportText(report));
      if (report.faults.length > 0) process.exitCode = integrityExit;
    });
}

export function auditExportCommand(): Command {
  return withTrail(new Command('export'))
    .description(
      'Write the audit trail as FHIR R4 AuditEvents, one a line, and check it on the way; exit code 3 where it does not hold.',
    )
    .addOption(new Option('--format <name>', 'what to write').choices(['fhir']).default('fhir'))
    .requiredOption('--out <file>', 'file to write, .ndjson; replaced when it is there')
    .option('--from <time>', 'first moment: a day (UTC) or an instant', instant('T00:00:00.000Z'))
    .option('--to <time>', 'last moment, included: a day (UTC) or an instant', instant('T23:59:59.999Z'))
    .option('--json', 'print the result as one JSON line')
    .addHelpText(
      'after',
      '\nExample:\n  readmission audit export --state readmission-state --out audit-events.ndjson --from 2026-01-01',
    )
    .action(exportTrail);
}

async function exportTrail(flags: ExportFlags): Promise<void> {
  const terminal = createTerminal(flags);
  const { toAuditEvent, verifyTrail } = await import('../../server/audit/index.ts');
  const { from = '', to = '~' } = flags;
  const temporary = `${flags.out}.tmp`;
  // It tells of patients, as the trail does.
  const file = createWriteStream(temporary, { mode: 0o600, flush: true });
  const written = finished(file);
  let events = 0;
  try {
    const report = await Promise.race([
      written.then(() => Promise.reject(new Error('ended early'))),
      verifyTrail(join(flags.state, 'audit'), {
        firstFile: flags.firstFile,
        onLine: (line) => {
          const event = line.time >= from && line.time <= to ? toAuditEvent(line) : null;
          if (event === null) return;
          file.write(`${JSON.stringify(event)}\n`);
          events += 1;
        },
      }),
    ]);
    file.end();
    await written;
    await rename(temporary, flags.out);
    terminal.result(
      { holds: report.faults.length === 0, events, ...report },
      `${events} AuditEvents in ${flags.out}\n${reportText(report)}`,
    );
    if (report.faults.length > 0) process.exitCode = integrityExit;
  } catch (error) {
    file.destroy();
    await written.catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

function withTrail(command: Command): Command {
  return command
    .option('--state <dir>', 'state folder of the server', 'readmission-state')
    .option(
      '--first-file <n>',
      'number of the first file expected, where older ones are in an archive',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
      1,
    );
}

function reportText({ files, lines, entries, firstTime, lastTime, end, torn, refused, faults, ...more }: TrailReport): string {
  const counted = `${files} files, ${lines} lines, ${entries} entries${firstTime === null ? '' : `, ${firstTime} to ${lastTime}`}`;
  if (faults.length > 0) {
    const where = faults.map(({ file, line, fault }) => `  ${file}${line === null ? '' : ` line ${line}`}: ${faultWords[fault]}`);
    return [counted, 'the trail does not hold:', ...where].join('\n');
  }
  return [
    counted,
    ...(refused > 0 ? [`${refused} answers were refused because no entry could be kept`] : []),
    ...(more.tornBefore > 0 ? [`${more.tornBefore} starts found half a line, moved to .torn`] : []),
    ...(torn === null ? [] : [`${torn.file} ends in ${torn.bytes} bytes of a line: a crash, or being written just now`]),
    'the trail holds',
    ...(end === null ? [] : [`note elsewhere, to be found again: --anchor ${end.seq}:${end.hash}`]),
  ].join('\n');
}

const faultWords: Readonly<Record<TrailReport['faults'][number]['fault'], string>> = {
  form: 'not a line of a trail',
  hash: 'changed, or not the line that was written here',
  seq: 'out of order',
  'line-feed': 'the end of the line was changed',
  head: 'not the head of a file',
  version: 'a format this version does not know',
  link: 'does not follow on the file before',
  missing: 'not there',
  extra: 'a second file of this number',
  anchor: 'not there, or another line',
};

function anchor(text: string, before: { seq: number; hash: string }[] | undefined): { seq: number; hash: string }[] {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new InvalidArgumentError('expected NUMBER:HASH, as a verification prints them.');
  return [...(before ?? []), { seq: Number(seq), hash }];
}

/** @param rest  what makes an instant of a day */
function instant(rest: string): (text: string) => string {
  return (text) => {
    const at = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}${rest}` : text);
    if (!/^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:\d\d))?$/.test(text) || Number.isNaN(at.getTime())) {
      throw new InvalidArgumentError('expected a day YYYY-MM-DD or an instant with its offset.');
    }
    return at.toISOString();
  };
}
