/**
 * `readmission serve`: the scoring server.
 */
import { Command, Option } from 'commander';
import { UsageError } from '../../errors.ts';
import { interruption } from '../interruption.ts';
import { wholeNumber } from '../number-option.ts';
import { openServerLog } from '../server-log.ts';
import { createTerminal } from '../terminal.ts';
import { tokenSource } from '../token.ts';
import { withFeatureFolders } from './study-flags.ts';

interface ServeFlags {
  model?: string;
  models?: string;
  port: number;
  host: string;
  fhirServer?: string;
  data?: string;
  inpatientClass?: string;
  tokenFile?: string;
  bodyLimit: string;
  state: string;
  workers?: number;
  featureFolder?: string[];
  access?: string;
  requireSigned?: string[];
  publicUrl?: string;
  cdsFhirServer?: string[];
  cdsOrigin?: string[];
  cdsWarningFrom?: number;
  tlsCert?: string;
  tlsKey?: string;
  plainHttp?: boolean;
  log: string | false;
  json?: boolean;
}

export function serveCommand(): Command {
  return withFeatureFolders(new Command('serve'))
    .description('Serve scores over HTTP; to this machine only, unless it is told whose tokens are believed.')
    .option('--model <dir>', 'model folder')
    .option('--models <dir>', 'folder of models in place of one; its file `current` names the one that is served')
    .option('--port <n>', 'port, 0 for any', wholeNumber(0, 65_535), 8080)
    .option('--host <address>', 'address to listen on; another than this machine needs --access', '127.0.0.1')
    .option('--fhir-server <url>', 'FHIR R4 server that {patientId, encounterId} requests are fetched from')
    .addOption(
      new Option('--data <dir>', 'landing folder to take records from instead; it is held in memory').conflicts([
        'fhirServer',
        'tokenFile',
      ]),
    )
    .option(
      '--inpatient-class <codes>',
      'class codes of inpatient encounters at the source, joined by commas (default: IMP,ACUTE,NONAC)',
    )
    .option('--token-file <path>', 'file with a bearer token for it (or the variable READMISSION_FHIR_TOKEN)')
    .option('--body-limit <size>', 'largest request body', '20mb')
    .option('--state <dir>', 'folder of what outlives the server: audit trail, jobs, CDS feedback', 'readmission-state')
    .option(
      '--workers <n>',
      'threads that score records and explain, 0 for none (default: one less than there are cores, at least 1)',
      wholeNumber(0, 256),
    )
    .option('--require-signed <key...>', 'public keys, PEM: serve only a model that one of them signed (readmission sign)')
    .option('--access <file>', 'JSON file of token issuers and CDS Hooks clients; with it every caller shows a token')
    .option(
      '--cds-fhir-server <url...>',
      'FHIR servers of CDS Hooks clients that may be asked; issuer|url: for calls of one issuer alone',
    )
    .option('--cds-origin <origin...>', 'origins of web pages that may call the CDS services from a browser')
    .option(
      '--cds-warning-from <percent>',
      'least risk of a card that warns (default: that of the highest band)',
      wholeNumber(1, 100),
    )
    .option('--public-url <url>', 'address by which clients reach this server, such as that of its proxy')
    .option('--tls-cert <file>', 'certificate chain, PEM: speak https')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--plain-http', 'no TLS on another address: a proxy ends it, and nobody else reaches the port')
    .option('--log <file>', 'file for the log of requests, JSON lines without patient data; - is standard error', '-')
    .option('--no-log', 'write no log')
    .option('--json', 'print the address as one JSON line')
    .addHelpText('after', '\nExample:\n  readmission serve --model models/planted --data synthea-data --port 8080')
    .action(run);
}

async function run(flags: ServeFlags): Promise<void> {
  const terminal = createTerminal(flags);
  const { endOnFault, startScoringServer } = await import('../../server/index.ts');
  const log = flags.log === false ? undefined : await openServerLog(flags.log);
  const server = await startScoringServer({
    ...chosenModel(flags),
    port: flags.port,
    host: flags.host,
    bodyLimit: flags.bodyLimit,
    stateDir: flags.state,
    workers: flags.workers,
    featureFolders: flags.featureFolder,
    access: flags.access,
    requireSigned: flags.requireSigned,
    publicUrl: flags.publicUrl,
    cds: {
      fhirServers: flags.cdsFhirServer,
      origins: flags.cdsOrigin,
      warningFrom: flags.cdsWarningFrom === undefined ? undefined : flags.cdsWarningFrom / 100,
    },
    tls: tlsFiles(flags),
    plainHttp: flags.plainHttp,
    logger: log?.logger,
    ...(flags.fhirServer === undefined ? {} : { fhirServer: flags.fhirServer }),
    ...(flags.data === undefined ? { token: tokenSource(flags.tokenFile) } : { data: flags.data }),
    inpatientClasses: flags.inpatientClass?.split(',').map((code) => code.trim()),
  });
  endOnFault(server, log?.logger, () => log?.end());
  interruption.endsByItself();
  // On Windows there is no such signal, and nobody who could send it.
  process.on('SIGHUP', () => void server.reload());
  terminal.result(
    { url: server.url },
    `scoring at ${server.url}/v1/score, the page at ${server.url}/, described at ${server.url}/openapi.json; Ctrl-C stops`,
  );
  await untilInterrupted();
  await server.close();
  log?.end();
  process.exitCode = 0;
}

function chosenModel({ model, models }: ServeFlags): { model: string } | { models: string } {
  if (model !== undefined && models === undefined) return { model };
  if (models !== undefined && model === undefined) return { models };
  throw new UsageError('USAGE_MODEL', `expected one of --model and --models, found ${model === undefined ? 'neither' : 'both'}`);
}

function tlsFiles({ tlsCert: cert, tlsKey: key }: ServeFlags): { cert: string; key: string } | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert !== undefined && key !== undefined) return { cert, key };
  throw new UsageError(
    'USAGE_TLS',
    `expected --tls-cert and --tls-key together, found only ${cert === undefined ? 'the key' : 'the certificate'}`,
  );
}

export function untilInterrupted(): Promise<void> {
  return new Promise((done) => {
    if (interruption.signal.aborted) done();
    else interruption.signal.addEventListener('abort', () => done(), { once: true });
  });
}
