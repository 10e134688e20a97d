/**
 * `readmission demo`: the whole way on one machine. An embedded FHIR server is pulled by the real client, a readmission process is planted, a model
 * is trained and served, and one discharge is asked for over HTTP.
 *
 * Choice  the scoring server reads its patients from a FHIR server over the records that the model was trained on, planted events and all
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { ReadmissionError } from '../../errors.ts';
import type { ScoreAnswer } from '../../scoring/index.ts';
import type { Study } from '../../training/index.ts';
import { interruption } from '../interruption.ts';
import { wholeNumber } from '../number-option.ts';
import { releaseMemory } from '../release-memory.ts';
import { writeRunReport } from '../report-file.ts';
import { tellRuntime } from '../runtime-notice.ts';
import { createTerminal, type Terminal } from '../terminal.ts';
import { attritionText } from './cohort.ts';
import { pullText } from './pull.ts';
import { answerText } from './score.ts';
import { untilInterrupted } from './serve.ts';
import { validationText } from './train.ts';
import { leakageText } from './leakage-text.ts';
import { truthText } from './truth-text.ts';

interface DemoFlags {
  data: string;
  work: string;
  port: number;
  seed: number;
  outcome: 'planted' | 'natural';
  exit?: boolean;
  json?: boolean;
}

const shippedData = fileURLToPath(new URL('../../../synthea-data', import.meta.url));

export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'Embedded FHIR server, pull, planted readmissions, cohort, features, training, evaluation against the truth, scoring server, one explained score.',
    )
    .option('--data <dir>', 'landing folder that the embedded server serves', shippedData)
    .option('--work <dir>', 'folder for the records (landing/, planted/) and the model (model/); all are replaced', 'demo')
    .option('--port <n>', 'port of the scoring server, 0 for any', wholeNumber(0, 65_535), 8080)
    .option('--seed <n>', 'seed of folds, trees and resamples', wholeNumber(0, 4_294_967_295), 1)
    .addOption(
      new Option('--outcome <kind>', 'planted: a readmission process with known truth; natural: what Synthea alone gives')
        .choices(['planted', 'natural'])
        .default('planted'),
    )
    .option('--exit', 'end after the score instead of serving on')
    .option('--json', 'print one last line {seconds, discharges, auroc, modelHash, score}')
    .addHelpText('after', '\nExample:\n  npm run demo -- --exit')
    .action(run);
}

async function run(flags: DemoFlags): Promise<void> {
  const startedAt = performance.now();
  const terminal = createTerminal(flags);
  const say = (text: string): void => terminal.note(text);
  const [landing, planted] = [join(flags.work, 'landing'), join(flags.work, 'planted')];
  const modelDir = join(flags.work, 'model');
  for (const folder of [landing, planted]) await rm(folder, { recursive: true, force: true });
  await pullFromEmbeddedServer(flags.data, landing, terminal);

  let records = landing;
  if (flags.outcome === 'planted') {
    say('3  planted readmissions: a process with known truth');
    const { plantedText, simulateInto } = await import('../simulation-run.ts');
    const task = { data: landing, out: planted, seed: flags.seed };
    say(plantedText(await simulateInto(task, terminal.onProgress, interruption.signal), planted));
    records = planted;
  } else say('3  nothing planted: the outcomes are what Synthea alone gives');

  releaseMemory();
  say('4  cohort, features, training, evaluation');
  await tellRuntime(terminal);
  const { openStudy, readOwnTruth, trainModel } = await import('../../training/index.ts');
  const run = { onProgress: terminal.onProgress, signal: interruption.signal };
  const truth = flags.outcome === 'planted' ? await readOwnTruth(join(planted, 'truth.parquet'), planted) : undefined;
  const study = await openStudy(records, { ...run, asOfTrial: true });
  say(`${attritionText(study.cohort.attrition, { short: true })}\nall rules: readmission cohort --data ${records}`);
  const trained = await trainModel(study, {
    name: 'demo',
    createdAt: new Date().toISOString(),
    seed: flags.seed,
    ...(truth === undefined ? {} : { truth }),
    ...run,
  });
  const { metrics } = trained;
  const { writeModelFolder } = await import('../../model/index.ts');
  const modelHash = await writeModelFolder(modelDir, trained);
  await writeRunReport({
    out: join(modelDir, 'report.html'),
    header: trained.model.header,
    modelSha256: modelHash,
    metrics,
    card: trained.card,
  });
  for (const validation of metrics.validations) say(`${validationText(validation)}\n`);
  if (metrics.truth !== undefined) say(`${truthText(metrics.truth)}\n`);
  say(`${leakageText(metrics.leakage)}\n`);
  releaseMemory();

  say('5  scoring server, and one discharge asked for over HTTP');
  const { startFhirServer } = await import('../../fhir/server/index.ts');
  const fhirServer = await startFhirServer({ landing: records, onProgress: terminal.onProgress });
  try {
    const { startScoringServer } = await import('../../server/index.ts');
    const scoring = await startScoringServer({
      model: modelDir,
      port: flags.port,
      fhirServer: fhirServer.url,
      stateDir: join(flags.work, 'state'),
    });
    try {
      const score = await askForScore(scoring.url, latestDischarge(study));
      say(answerText(score));
      const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
      const auroc = metrics.validations[0]?.results['forest']?.['auroc']?.estimate ?? null;
      const where = [
        `records     ${records}`,
        `model       ${modelDir} (card.md, metrics.json)`,
        `report      ${join(modelDir, 'report.html')}`,
        `page        ${scoring.url}/`,
        `API         ${scoring.url}/openapi.json`,
        `FHIR server ${fhirServer.url}/metadata`,
        `done in ${seconds} s; ${flags.exit === true ? 'ending' : 'serving on, Ctrl-C stops'}`,
      ].join('\n');
      terminal.result(
        { seconds, discharges: study.matrix.rows, auroc, modelHash, score: { risk: score.risk, reasons: score.reasons } },
        where,
      );
      if (flags.exit !== true) await untilInterrupted();
    } finally {
      await scoring.close();
    }
  } finally {
    await fhirServer.close();
  }
  if (!interruption.signal.aborted || flags.exit !== true) process.exitCode = 0;
}

/**
 * A function of its own, because the variables of `run` live to the end of the demo: the server has all its records in memory (0.7 GB of the
 * shipped ones), and no variable may keep it after it was pulled.
 */
async function pullFromEmbeddedServer(data: string, landing: string, terminal: Terminal): Promise<void> {
  const { onProgress } = terminal;
  terminal.note(`1  embedded FHIR server over ${data}`);
  const { startFhirServer } = await import('../../fhir/server/index.ts');
  const { pull, readManifest } = await import('../../fhir/index.ts');
  const { transactionTime, coverage } = await readManifest(data);
  // The records are as of then: asked on another day they would seem to end on that day, and another cohort would follow.
  const now = (): number => Date.parse(transactionTime);
  const source = await startFhirServer({ landing: data, onProgress, now });
  try {
    terminal.note(`2  pull from ${source.url}`);
    // A FHIR server cannot say how far back its records are complete; the folder it serves does.
    const { historyYears } = coverage;
    const report = await pull({
      server: source.url,
      out: landing,
      patientsPerQuery: 50,
      historyYears,
      signal: interruption.signal,
      onProgress,
    });
    terminal.note(pullText(report));
  } finally {
    await source.close();
  }
}

/** The latest index discharge of the cohort; ties by id, so that the demo asks for the same one each time. */
function latestDischarge({ matrix }: Study): { patientId: string; encounterId: string } {
  const rows = [...matrix.dischargeMs.keys()].sort(
    (a, b) =>
      (matrix.dischargeMs[b] as number) - (matrix.dischargeMs[a] as number) ||
      ((matrix.indexIds[a] as string) < (matrix.indexIds[b] as string) ? -1 : 1),
  );
  const row = rows[0] as number;
  const id = (key: string | undefined): string => (key ?? '').replace(/^[A-Za-z]+\//, '');
  return { patientId: id(matrix.patientIds[row]), encounterId: id(matrix.indexIds[row]) };
}

async function askForScore(url: string, request: { patientId: string; encounterId: string }): Promise<ScoreAnswer> {
  const response = await fetch(`${url}/v1/score`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  if (!response.ok) {
    const problem = (await response.json()) as { code?: string };
    throw new ReadmissionError(problem.code ?? 'DEMO_SCORE', `the scoring server answered ${response.status}`);
  }
  return (await response.json()) as ScoreAnswer;
}
