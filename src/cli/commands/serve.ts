/**
 * `readmission serve`: the scoring server.
 */
import { Command } from 'commander';
import { interruption } from '../interruption.ts';
import { wholeNumber } from '../number-option.ts';
import { createTerminal } from '../terminal.ts';
import { tokenSource } from '../token.ts';
import { withFeatureFolders } from './study-flags.ts';

interface ServeFlags {
  model: string;
  port: number;
  host: string;
  fhirServer?: string;
  tokenFile?: string;
  bodyLimit: string;
  featureFolder?: string[];
  json?: boolean;
}

export function serveCommand(): Command {
  return withFeatureFolders(new Command('serve'))
    .description('Serve scores over HTTP; only to this machine.')
    .requiredOption('--model <dir>', 'model folder')
    .option('--port <n>', 'port, 0 for any', wholeNumber(0, 65_535), 8080)
    .option('--host <address>', 'loopback address to listen on', '127.0.0.1')
    .option('--fhir-server <url>', 'FHIR R4 server that {patientId, encounterId} requests are fetched from')
    .option('--token-file <path>', 'file with a bearer token for it (or the variable READMISSION_FHIR_TOKEN)')
    .option('--body-limit <size>', 'largest request body', '20mb')
    .option('--json', 'print the address as one JSON line')
    .addHelpText('after', '\nExample:\n  readmission serve --model models/natural --port 8080')
    .action(run);
}

async function run(flags: ServeFlags): Promise<void> {
  const terminal = createTerminal(flags);
  const { startScoringServer } = await import('../../server/index.ts');
  const server = await startScoringServer({
    model: flags.model,
    port: flags.port,
    host: flags.host,
    bodyLimit: flags.bodyLimit,
    featureFolders: flags.featureFolder,
    ...(flags.fhirServer === undefined ? {} : { fhirServer: flags.fhirServer }),
    token: tokenSource(flags.tokenFile),
  });
  terminal.result(
    { url: server.url },
    `scoring at ${server.url}/v1/score, described at ${server.url}/openapi.json; Ctrl-C stops`,
  );
  await untilInterrupted();
  await server.close();
  process.exitCode = 0;
}

export function untilInterrupted(): Promise<void> {
  return new Promise((done) => {
    if (interruption.signal.aborted) done();
    else interruption.signal.addEventListener('abort', () => done(), { once: true });
  });
}
