/**
 * `readmission repeat`: an experiment again from its folder of results alone, and its metrics.json byte for byte.
 */
import { Command } from 'commander';
import { interruption } from '../interruption.ts';
import { wholeNumber } from '../number-option.ts';
import { tellRuntime } from '../runtime-notice.ts';
import { createTerminal } from '../terminal.ts';

export function repeatCommand(): Command {
  return new Command('repeat')
    .description(
      'Run an experiment again from its folder of results and compare metrics.json byte for byte; exit code 3 when it differs.',
    )
    .argument('<dir>', 'folder that readmission compare wrote')
    .option('--data <dir>', 'landing folder, where it lies now (default: where it lay)')
    .option('--workers <n>', 'threads; any number gives the same figures', wholeNumber(1, 64))
    .option('--memory <mb>', 'memory the warehouse may use before it spills to disk', wholeNumber(100, 1_000_000))
    .option('--json', 'print the result as one JSON line')
    .addHelpText('after', '\nExample:\n  readmission repeat results --data synthea-data')
    .action(run);
}

async function run(folder: string, flags: { data?: string; workers?: number; memory?: number; json?: boolean }): Promise<void> {
  const terminal = createTerminal(flags);
  await tellRuntime(terminal);
  const { repeatExperiment } = await import('../../training/index.ts');
  const { comparison, metricsSha256, recordedVersion, codeVersion } = await repeatExperiment(folder, flags.data, {
    ...(flags.memory === undefined ? {} : { memoryMb: flags.memory }),
    workers: flags.workers,
    onProgress: terminal.onProgress,
    signal: interruption.signal,
  });
  terminal.result(
    { repeated: true, name: comparison.name, arms: comparison.arms.length, metricsSha256, recordedVersion, codeVersion },
    `repeated: metrics.json of "${comparison.name}" (${comparison.arms.length} arms, SHA-256 ${metricsSha256.slice(0, 12)}) is the same byte for byte; ` +
      `written by version ${recordedVersion}, repeated by ${codeVersion}`,
  );
}
