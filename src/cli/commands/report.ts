/**
 * `readmission report`: draws report.html of a model folder again, from the files in it.
 */
import { join } from 'node:path';
import { Command } from 'commander';
import { writeRunReport } from '../report-file.ts';
import { createTerminal } from '../terminal.ts';

export function reportCommand(): Command {
  return new Command('report')
    .description('Draw report.html of a model folder again, from its metrics.json and card.json.')
    .requiredOption('--model <dir>', 'model folder')
    .option('--out <file>', 'where to write it (default: report.html in the model folder)')
    .option('--json', 'print the result as one JSON line')
    .addHelpText('after', '\nExample:\n  readmission report --model models/planted --out planted.html')
    .action(run);
}

async function run(flags: { model: string; out?: string; json?: boolean }): Promise<void> {
  const terminal = createTerminal(flags);
  const { readModelFolder } = await import('../../model/index.ts');
  const { model, modelSha256, metrics, card } = await readModelFolder(flags.model);
  const out = flags.out ?? join(flags.model, 'report.html');
  // This command draws what another one found; which one that was, no file of the folder says.
  await writeRunReport({ out, header: model.header, modelSha256, metrics, card, repeat: [] });
  terminal.result({ report: out, modelSha256 }, `report of model ${modelSha256.slice(0, 12)} written to ${out}`);
}
