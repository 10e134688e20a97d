/**
 * `readmission simulate`: plants acute admissions and what follows each discharge into a landing folder, with the truth beside it; or
 * takes them out again.
 */
import { Command } from 'commander';
import { interruption } from '../interruption.ts';
import { wholeNumber } from '../number-option.ts';
import { defaultProcess, defaultUtcOffset, plantedText, simulateInto } from '../simulation-run.ts';
import { createTerminal } from '../terminal.ts';

interface SimulateFlags {
  data: string;
  out: string;
  seed: number;
  process: string;
  utcOffset: number;
  strip?: boolean;
  json?: boolean;
}

export function simulateCommand(): Command {
  return new Command('simulate')
    .description(
      'Plant a readmission process with known truth into a landing folder: acute admissions, and after every acute discharge one draw of ' +
        'unplanned return, death, planned return or none. Writes the records, process.json (frozen), truth.parquet and displaced.ndjson.gz.',
    )
    .requiredOption('--data <dir>', 'landing folder with the natural records')
    .requiredOption('--out <dir>', 'new landing folder')
    .option('--seed <n>', 'seed of every draw', wholeNumber(0, 4_294_967_295), 1)
    .option(
      '--process <name>',
      'general-hospital, returns-only, a name followed by -null (no effects), or a .json file; a process.json of an earlier run keeps its intercepts',
      defaultProcess,
    )
    .option(
      '--utc-offset <minutes>',
      'offset from UTC in which planted times are written',
      wholeNumber(-840, 840),
      defaultUtcOffset,
    )
    .option('--strip', 'the other way: restore the natural records of a simulated folder')
    .option('--json', 'print one JSON line')
    .addHelpText(
      'after',
      '\nExamples:\n  readmission simulate --data synthea-data --out planted --seed 1\n' +
        '  readmission simulate --data planted --out natural --strip',
    )
    .action(run);
}

async function run(flags: SimulateFlags): Promise<void> {
  const terminal = createTerminal(flags);
  const { signal } = interruption;
  if (flags.strip === true) {
    const { stripLanding } = await import('../../simulation/index.ts');
    const report = await stripLanding(flags.data, flags.out, { onProgress: terminal.onProgress, signal });
    terminal.result({ ...report }, `natural records restored in ${flags.out}`);
    return;
  }
  const report = await simulateInto(flags, terminal.onProgress, signal);
  terminal.result({ ...report }, plantedText(report, flags.out));
}
