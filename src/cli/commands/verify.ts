/**
 * `readmission verify`: every byte of a landing folder against its manifest.
 */
import { Command } from 'commander';
import { createTerminal, tableText } from '../terminal.ts';

export function verifyCommand(): Command {
  return new Command('verify')
    .description('Check every file of a landing folder against its manifest: size, SHA-256, count.')
    .requiredOption('--data <dir>', 'landing folder')
    .option('--json', 'print the result as one JSON line')
    .addHelpText('after', '\nExample:\n  readmission verify --data synthea-data')
    .action(async (flags: { data: string; json?: boolean }) => {
      const terminal = createTerminal(flags);
      const { verifyLanding } = await import('../../fhir/index.ts');
      const manifest = await verifyLanding(flags.data, { onProgress: terminal.onProgress });
      const counts = new Map<string, number>();
      for (const file of manifest.files) counts.set(file.type, (counts.get(file.type) ?? 0) + file.count);
      terminal.result(
        { verified: true, transactionTime: manifest.transactionTime, counts: Object.fromEntries(counts) },
        `${tableText(['type', 'resources'], [...counts])}\nverified; records as of ${manifest.transactionTime}`,
      );
    });
}
