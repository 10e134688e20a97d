/**
 * `readmission card`: writes the card of a model folder again, with the statements of people and the records of later validations.
 */
import { Command } from 'commander';
import { UsageError } from '../../errors.ts';
import type { ModelCard } from '../../model/index.ts';
import { createTerminal, tableText } from '../terminal.ts';

interface CardFlags {
  model?: string;
  statements?: string;
  starter?: boolean;
  json?: boolean;
}

export function cardCommand(): Command {
  return new Command('card')
    .description('Write card.json and card.md of a model folder again, from its results, its records and what people state.')
    .option('--model <dir>', 'model folder')
    .option('--statements <file>', 'card.yaml: takes the place of all earlier statements (default: they stay)')
    .option('--starter', 'print a card.yaml to fill in, and do nothing else')
    .option('--json', 'print the result as one JSON line')
    .addHelpText(
      'after',
      '\nExample:\n  readmission card --starter > card.yaml\n  readmission card --model models/natural --statements card.yaml',
    )
    .action(run);
}

async function run(flags: CardFlags): Promise<void> {
  const { readCardStatements, rebuildCard, starterStatements } = await import('../../model/index.ts');
  if (flags.starter === true) {
    process.stdout.write(starterStatements());
    return;
  }
  if (flags.model === undefined) {
    throw new UsageError('USAGE', 'expected --model DIR, or --starter for a card.yaml to fill in; found neither');
  }
  const terminal = createTerminal(flags);
  const statements = flags.statements === undefined ? undefined : await readCardStatements(flags.statements);
  const { card, modelSha256 } = await rebuildCard(flags.model, statements);
  const { counts, missing } = completeness(card);
  terminal.result(
    { model: flags.model, modelSha256, notForPatientCare: card.notForPatientCare, sourceAttributes: counts, missing },
    [
      tableText(['source attributes', 'number'], Object.entries(counts)),
      ...(missing.length === 0 ? [] : [`not available:\n${missing.map((line) => `  ${line}`).join('\n')}`]),
      `${flags.model}/card.json and ${flags.model}/card.md written for model ${modelSha256.slice(0, 12)}`,
    ].join('\n\n'),
  );
}

/** How many of the 31 source attributes are stated, computed and missing, and what would fill the missing ones. */
function completeness({ sourceAttributes }: ModelCard): { counts: Record<string, number>; missing: string[] } {
  const all = Object.values(sourceAttributes);
  const count = (status: string): number => all.filter((attribute) => attribute.status === status).length;
  return {
    counts: { stated: count('stated'), computed: count('computed'), 'not available': count('not-available') },
    missing: all
      .filter(({ status }) => status === 'not-available')
      .map(({ number, title, text }) => `${number} ${title}: ${text.replace(/^not available; /, '')}`),
  };
}
