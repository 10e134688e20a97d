/**
 * `readmission features`: the matrix as Parquet or CSV, with a dictionary of its columns beside it.
 */
import { Command } from 'commander';
import { writeFileAtomic } from '../../util/atomic-file.ts';
import { stableJson } from '../../util/stable-json.ts';
import { stopIfCancelled } from '../../util/cancellation.ts';
import { interruption } from '../interruption.ts';
import { createTerminal } from '../terminal.ts';
import { studyOptions, withFeatureFlags, type StudyFlags } from './study-flags.ts';

export function featuresCommand(): Command {
  return withFeatureFlags(new Command('features'))
    .description(
      'Write the matrix, one row per index discharge, as .parquet or .csv, and a dictionary of its columns as .columns.json.',
    )
    .requiredOption('--out <file>', 'file ending in .parquet or .csv')
    .addHelpText('after', '\nExample:\n  readmission features --data synthea-data --out features.parquet')
    .action(run);
}

async function run(flags: StudyFlags & { out: string }): Promise<void> {
  const { requireTableName, writeTable } = await import('../../warehouse/index.ts');
  requireTableName(flags.out);
  const terminal = createTerminal(flags);
  const { matrixTable, tableDictionary } = await import('../../features/index.ts');
  const { mappingHash } = await import('../../mapping/index.ts');
  const { openStudy } = await import('../../training/index.ts');
  const { outcomeOf } = await import('../../cohort/index.ts');
  const { cohort, manifest, matrix, features, mapping } = await openStudy(flags.data, studyOptions(flags, terminal));
  stopIfCancelled(interruption.signal, 'writing the matrix');
  await writeTable(flags.out, matrixTable(matrix));
  const dictionary = flags.out.replace(/\.(parquet|csv)$/, '.columns.json');
  const facts = { outcome: outcomeOf(cohort.definition).description, synthetic: manifest.synthetic };
  await writeFileAtomic(dictionary, `${stableJson(tableDictionary(matrix, facts), 2)}\n`);
  terminal.result(
    {
      rows: matrix.rows,
      features: features.features.length,
      featureHash: features.hash,
      mappingHash: mappingHash(mapping),
      out: flags.out,
      dictionary,
    },
    `${matrix.rows} index discharges x ${features.features.length} features written to ${flags.out}; columns explained in ${dictionary}`,
  );
}
