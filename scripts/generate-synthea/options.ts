/**
 * The command's options: read, checked, and explained by --help.
 *
 * In      arguments as typed
 * Out     settings for Synthea and where to put things; or an error that says which option is wrong
 * Choice  everything that decides the records has a fixed default, so that the population alone names a cohort
 * Choice  unknown options are refused here, because Synthea itself accepts any "--x.y=" in silence
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { UsageError } from '../../src/errors.ts';
import { syntheaRelease, type SyntheaSettings } from './run-metadata.ts';

export interface GenerateOptions {
  readonly out: string;
  /** An existing output of Synthea to prune instead of generating one. */
  readonly raw: string | null;
  /** What to generate; null with `raw`. */
  readonly settings: SyntheaSettings | null;
  readonly threads: number;
  /** As Java takes it: "3g". */
  readonly heap: string;
  /** Where the jars are, or will be. */
  readonly lib: string;
  readonly keepRaw: boolean;
}

interface Flags {
  readonly out: string;
  readonly raw?: string;
  readonly population?: number;
  readonly seed: number;
  readonly ages: string;
  readonly date: string;
  readonly yearsOfHistory: number;
  readonly state: string;
  readonly threads: number;
  readonly heap: string;
  readonly lib: string;
  readonly keepRaw?: boolean;
}

const defaultLib = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'fhir-readmission-risk',
  `synthea-${syntheaRelease.version}`,
);

/** Options that say how to generate, by their names in `Flags`. */
const generationFlags = ['seed', 'ages', 'date', 'yearsOfHistory', 'state', 'threads', 'heap', 'lib', 'keepRaw'] as const;

/**
 * @returns the options, or null where help was asked for and written through `print`
 * @throws {UsageError} SYNTHEA_OPTION
 */
export function parseOptions(argv: readonly string[], print: (text: string) => void): GenerateOptions | null {
  const command = describeCommand()
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => undefined });
  try {
    command.parse(argv, { from: 'user' });
  } catch (cause) {
    if (cause instanceof CommanderError && cause.exitCode === 0) return null;
    const what = cause instanceof Error ? cause.message.replace(/^error: /, '') : String(cause);
    throw new UsageError('SYNTHEA_OPTION', `${what}; see --help`, { cause });
  }
  const flags = command.opts<Flags>();
  if ((flags.raw === undefined) === (flags.population === undefined)) {
    const found = flags.raw === undefined ? 'neither' : 'both';
    const what = `expected --population to generate, or --raw to prune what exists, found ${found}; give one, see --help`;
    throw new UsageError('SYNTHEA_OPTION', what);
  }
  const idle = flags.raw === undefined ? undefined : generationFlags.find((name) => command.getOptionValueSource(name) === 'cli');
  if (idle !== undefined) {
    const what = `expected no option of generation with --raw, found ${idle}; the settings are read from the raw output itself`;
    throw new UsageError('SYNTHEA_OPTION', what);
  }
  return {
    out: flags.out,
    raw: flags.raw ?? null,
    settings: flags.population === undefined ? null : settingsOf(flags, flags.population),
    threads: flags.threads,
    heap: flags.heap,
    lib: flags.lib,
    keepRaw: flags.keepRaw ?? false,
  };
}

function describeCommand(): Command {
  return new Command('run.sh')
    .description(
      'Generates patients with Synthea and prunes them into a landing folder. Needs Java 17 and, the first time, Maven.',
    )
    .requiredOption('--out <folder>', 'landing folder to make; must be absent or empty')
    .option('--population <n>', 'living patients; the dead come on top', whole(1, 10_000_000))
    .option('--seed <n>', 'seed of patients and of clinicians', whole(0, Number.MAX_SAFE_INTEGER), 20261124)
    .option('--ages <from-to>', 'ages of the living at the reference date', pattern(/^\d{1,3}-\d{1,3}$/, '40-95'), '40-95')
    .option('--date <yyyymmdd>', 'reference date and last day of the records', pattern(/^\d{8}$/, '20260101'), '20260101')
    .option('--years-of-history <n>', 'years of records before the end, or before death', whole(1, 120), 10)
    .option('--state <name>', 'state of the United States', pattern(/^[A-Z][A-Za-z ]+$/, 'Massachusetts'), 'Massachusetts')
    .option('--threads <n>', 'threads of Synthea; changes no record', whole(1, 64), 2)
    .option('--heap <size>', 'largest heap of Java', pattern(/^\d+[mg]$/, '3g'), '3g')
    .option('--lib <folder>', 'jars of Synthea; fetched when absent', defaultLib)
    .option('--raw <folder>', 'prune this finished output of Synthea, and generate nothing')
    .option('--keep-raw', 'keep the raw output beside the landing folder, as OUT.raw')
    .addHelpText('after', '\nExample: scripts/generate-synthea/run.sh --population 1560 --seed 20261124 --out synthea-data');
}

function settingsOf(flags: Flags, population: number): SyntheaSettings {
  return {
    population,
    seed: flags.seed,
    clinicianSeed: flags.seed,
    referenceDate: flags.date,
    endDate: flags.date,
    ages: flags.ages,
    yearsOfHistory: flags.yearsOfHistory,
    state: flags.state,
  };
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
  };
}

function pattern(form: RegExp, example: string): (text: string) => string {
  return (text) => {
    if (form.test(text)) return text;
    throw new InvalidArgumentError(`expected the form of ${example}`);
  };
}
