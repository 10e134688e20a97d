/**
 * `readmission fhir-server`: the embedded FHIR R4 server over a landing folder, for others to try their clients on.
 */
import { Command } from 'commander';
import { wholeNumber } from '../number-option.ts';
import { createTerminal } from '../terminal.ts';
import { untilInterrupted } from './serve.ts';

export function fhirServerCommand(): Command {
  return new Command('fhir-server')
    .description('Serve a landing folder as a FHIR R4 server (read and search); only to this machine.')
    .requiredOption('--data <dir>', 'landing folder')
    .option('--port <n>', 'port, 0 for any', wholeNumber(0, 65_535), 8090)
    .option('--json', 'print the address as one JSON line')
    .addHelpText(
      'after',
      "\nExample:\n  readmission fhir-server --data synthea-data --port 8090\n  curl 'http://127.0.0.1:8090/fhir/Encounter?class=IMP&_count=5'",
    )
    .action(async (flags: { data: string; port: number; json?: boolean }) => {
      const terminal = createTerminal(flags);
      const { startFhirServer } = await import('../../fhir/server/index.ts');
      const server = await startFhirServer({ landing: flags.data, port: flags.port, onProgress: terminal.onProgress });
      terminal.result({ url: server.url }, `FHIR R4 at ${server.url} (try ${server.url}/metadata); Ctrl-C stops`);
      await untilInterrupted();
      await server.close();
      process.exitCode = 0;
    });
}
