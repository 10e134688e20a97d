/**
 * `readmission profile`: what a landing folder holds of what the pipeline needs, what to fix first, and a mapping to begin with.
 */
import { Command } from 'commander';
import { writeFileAtomic } from '../../util/atomic-file.ts';
import { interruption } from '../interruption.ts';
import { wholeNumber } from '../number-option.ts';
import { createTerminal } from '../terminal.ts';

interface Flags {
  data: string;
  mapping?: string;
  cohort?: string;
  out?: string;
  writeMapping?: string;
  minPatients?: number;
  top: number;
  memory?: number;
  json?: boolean;
}

export function profileCommand(): Command {
  return new Command('profile')
    .description(
      'Report what share of each needed element is present, which code systems and codes nothing reads, which features will be empty and what to fix first. Names no patient, and no code that fewer than 5 patients have.',
    )
    .requiredOption('--data <dir>', 'landing folder')
    .option('--mapping <file>', 'site mapping (JSON) to read the records with; default: standard codes')
    .option('--cohort <name|file>', 'cohort definition: hwr-like (default), all-adult, or a .json file')
    .option('--out <file>', 'write the whole profile as JSON')
    .option('--write-mapping <file>', 'write a mapping to begin with: unclaimed classes, aliases, dispositions found')
    .option('--min-patients <n>', 'name codes that at least this many patients have (default 5)', wholeNumber(1, 1_000_000))
    .option('--top <n>', 'codes to list per role', wholeNumber(1, 1000), 8)
    .option('--memory <mb>', 'memory the warehouse may use before it spills to disk', wholeNumber(100, 1_000_000))
    .option('--json', 'print the result as one JSON line')
    .addHelpText(
      'after',
      '\nExample:\n  readmission profile --data export --write-mapping site.json\n  readmission profile --data export --mapping site.json',
    )
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const terminal = createTerminal(flags);
  const { profileLanding, starterMapping } = await import('../../profile/index.ts');
  const { readSiteMapping, standardMapping } = await import('../../mapping/index.ts');
  const mapping = flags.mapping === undefined ? standardMapping : readSiteMapping(flags.mapping);
  const profile = await profileLanding(flags.data, {
    mapping,
    ...(flags.cohort === undefined ? {} : { cohort: flags.cohort }),
    ...(flags.minPatients === undefined ? {} : { minimumPatients: flags.minPatients }),
    ...(flags.memory === undefined ? {} : { memoryMb: flags.memory }),
    onProgress: terminal.onProgress,
    signal: interruption.signal,
  });
  const written: string[] = [];
  if (flags.out !== undefined) {
    await writeFileAtomic(flags.out, `${JSON.stringify(profile, null, 2)}\n`);
    written.push(`the whole profile is in ${flags.out}`);
  }
  if (flags.writeMapping !== undefined) {
    await writeFileAtomic(flags.writeMapping, `${JSON.stringify(starterMapping(profile, mapping), null, 2)}\n`);
    written.push(`a mapping to begin with is in ${flags.writeMapping}: read it, correct it, and profile again with --mapping`);
  }
  const { profileText } = await import('../profile-text.ts');
  terminal.result(profile, [profileText(profile, flags.top), ...written].join('\n'));
}
