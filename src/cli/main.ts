#!/usr/bin/env node
/**
 * The command `readmission`: parses flags, calls one function, prints. Exit codes are in ./exit-code.ts.
 */
import { Command, CommanderError } from 'commander';
import { codeVersion } from '../util/code-version.ts';
import { auditCommand } from './commands/audit.ts';
import { cardCommand } from './commands/card.ts';
import { cohortCommand } from './commands/cohort.ts';
import { compareCommand } from './commands/compare.ts';
import { demoCommand } from './commands/demo.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { explainCommand } from './commands/explain.ts';
import { exportCommand } from './commands/export.ts';
import { featuresCommand } from './commands/features.ts';
import { feedbackCommand } from './commands/feedback.ts';
import { fhirServerCommand } from './commands/fhir-server.ts';
import { importCommand } from './commands/import.ts';
import { monitorCommand } from './commands/monitor.ts';
import { profileCommand } from './commands/profile.ts';
import { pullCommand } from './commands/pull.ts';
import { recalibrateCommand } from './commands/recalibrate.ts';
import { repeatCommand } from './commands/repeat.ts';
import { reportCommand } from './commands/report.ts';
import { scoreCommand } from './commands/score.ts';
import { signCommand } from './commands/sign.ts';
import { serveCommand } from './commands/serve.ts';
import { simulateCommand } from './commands/simulate.ts';
import { trainCommand } from './commands/train.ts';
import { validateCommand } from './commands/validate.ts';
import { verifyCommand } from './commands/verify.ts';
import { errorJson, errorLine, exitCodeOf } from './exit-code.ts';
import { interruption } from './interruption.ts';
import { optionHelp } from './number-option.ts';

const program = new Command('readmission')
  .description('30-day unplanned readmission risk from FHIR R4 records: pull, label, train, evaluate, score, serve.')
  .version(codeVersion)
  .showHelpAfterError('(add --help for the options and an example)')
  .configureHelp({ optionDescription: optionHelp })
  .exitOverride();
for (const command of [
  pullCommand,
  verifyCommand,
  profileCommand,
  cohortCommand,
  featuresCommand,
  trainCommand,
  evaluateCommand,
  validateCommand,
  recalibrateCommand,
  monitorCommand,
  auditCommand,
  cardCommand,
  reportCommand,
  compareCommand,
  repeatCommand,
  scoreCommand,
  signCommand,
  explainCommand,
  serveCommand,
  feedbackCommand,
  exportCommand,
  importCommand,
  simulateCommand,
  fhirServerCommand,
  demoCommand,
]) {
  const own = command().copyInheritedSettings(program).exitOverride();
  for (const inner of own.commands) inner.copyInheritedSettings(own);
  program.addCommand(own);
}

interruption.install();
// Whoever reads the output may stop early, as head does: nothing is left to say, and nothing went wrong.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its own message; help and version are no errors.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    const code = interruption.signal.aborted ? Number(process.exitCode ?? 130) : exitCodeOf(error);
    process.stderr.write(`${errorLine(error)}\n`);
    if (process.argv.includes('--json')) {
      process.stdout.write(`${JSON.stringify(errorJson(error, code))}\n`);
    }
    if (process.env['READMISSION_DEBUG'] === '1')
      process.stderr.write(`${(error as Error).stack}\n${String((error as Error).cause ?? '')}\n`);
    process.exitCode = code;
  }
}
