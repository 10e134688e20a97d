/**
 * `readmission explain`: why the model says what it says of one discharge, and what it would say of other values.
 */
import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { UsageError } from '../../errors.ts';
import type { Explanation, FeaturesRequest, Questions } from '../../scoring/index.ts';
import { writeFileAtomic } from '../../util/atomic-file.ts';
import { explanationText } from '../explain-text.ts';
import { wholeNumber } from '../number-option.ts';
import { bundleRequest, readBundle, withDischargeFlags, type DischargeFlags } from '../patient-bundle.ts';
import { createTerminal } from '../terminal.ts';
import { withFeatureFolders } from './study-flags.ts';

interface ExplainFlags extends DischargeFlags {
  model: string;
  bundle?: string;
  features?: string;
  set?: Record<string, number | null>;
  profile?: string;
  top: number;
  svg?: string;
  featureFolder?: string[];
  json?: boolean;
}

export function explainCommand(): Command {
  const command = new Command('explain')
    .description('Explain the risk of one discharge: every attribution, what other values would give, the risk over one feature.')
    .requiredOption('--model <dir>', 'model folder')
    .option('--bundle <file>', 'Bundle R4 of one patient as JSON')
    .addOption(
      new Option('--features <file>', 'instead of a Bundle: {"features": {"name": value, ...}} as JSON').conflicts([
        'bundle',
        'encounter',
        'asOf',
        'covers',
      ]),
    );
  return withFeatureFolders(withDischargeFlags(command))
    .option(
      '--set <feature=value>',
      'what if the feature had this value, or =missing; may be given again, all are set together',
      otherValue,
    )
    .option('--profile <feature>', 'the risk over the training range of this feature, everything else as it is')
    .option('--top <n>', 'attributions with a line of their own', wholeNumber(1, 10_000), 12)
    .option('--svg <file.svg>', 'draw the waterfall; beside it FILE-what-if.svg and FILE-profile.svg where asked for')
    .option('--json', 'print the explanation as one JSON line, every attribution in it')
    .addHelpText(
      'after',
      '\nWhat-if and profile are about the model: nothing is said of what would happen to a patient whose value was changed.\n' +
        'A feature is set alone: features computed from the same records keep their values.\n' +
        '\nExample:\n  readmission explain --model models/natural --bundle patient.json --set last_haemoglobin=9.5 --set prior_admissions_365d=0 --svg why.svg',
    )
    .action(run);
}

async function run(flags: ExplainFlags): Promise<void> {
  const terminal = createTerminal(flags);
  if ((flags.bundle === undefined) === (flags.features === undefined)) {
    throw new UsageError('USAGE_EXPLAIN', 'expected --bundle or --features, found neither');
  }
  if (flags.svg !== undefined && !flags.svg.endsWith('.svg')) {
    throw new UsageError('USAGE_EXPLAIN', `expected a file that ends in .svg, found ${flags.svg}`);
  }
  const bundle = flags.bundle === undefined ? null : await readBundle(flags.bundle);
  const features = flags.features === undefined ? null : await readFeatures(flags.features);
  const { readModelFolder } = await import('../../model/index.ts');
  const { createScorer } = await import('../../scoring/index.ts');
  const scorer = await createScorer(await readModelFolder(flags.model), { featureFolders: flags.featureFolder ?? [] });
  try {
    const questions: Questions = {
      ...(flags.set === undefined ? {} : { set: flags.set }),
      ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    };
    const explanation =
      features === null
        ? await scorer.explainBundle(bundleRequest(scorer, bundle as NonNullable<typeof bundle>, flags), questions)
        : scorer.explainFeatures(features, questions);
    const drawn = flags.svg === undefined ? [] : await writeDrawings(flags.svg, explanation, flags.top);
    terminal.result(explanation, explanationText(explanation, flags.top));
    for (const path of drawn) terminal.note(`wrote ${path}`);
  } finally {
    scorer.close();
  }
}

/** @throws {UsageError} EXPLAIN_FEATURES_FILE */
async function readFeatures(path: string): Promise<FeaturesRequest> {
  const text = await readFile(path, 'utf8');
  const { featuresRequestSchema } = await import('../../scoring/index.ts');
  const parsed = featuresRequestSchema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new UsageError(
    'EXPLAIN_FEATURES_FILE',
    `expected {"features": {"name": number or null, ...}} as JSON in ${path}, found something else`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** @throws {UsageError} EXPLAIN_SET */
function otherValue(text: string, before: Record<string, number | null> = {}): Record<string, number | null> {
  const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  const number = value === 'missing' ? null : value.trim() === '' ? Number.NaN : Number(value);
  if (name === '' || (number !== null && !Number.isFinite(number))) {
    throw new UsageError('EXPLAIN_SET', `expected --set FEATURE=NUMBER or FEATURE=missing, found "${text.slice(0, 100)}"`);
  }
  if (Object.hasOwn(before, name)) throw new UsageError('EXPLAIN_SET', `expected ${name} to be set once, found it twice`);
  return { ...before, [name]: number };
}

/** What is drawn is of a patient: for its owner alone. */
async function writeDrawings(path: string, explanation: Explanation, top: number): Promise<string[]> {
  const { explanationDrawings } = await import('../explain-drawings.ts');
  const written: string[] = [];
  for (const [name, svg] of Object.entries(explanationDrawings(explanation, top))) {
    const file = name === 'waterfall' ? path : path.replace(/\.svg$/, `-${name}.svg`);
    await writeFileAtomic(file, svg, 0o600);
    written.push(file);
  }
  return written;
}
