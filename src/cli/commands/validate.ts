/**
 * `readmission validate`: a model on records of another source, told beside its baselines and written into its card.
 */
import { Command } from 'commander';
import { capacities } from '../number-option.ts';
import { writeRunReport } from '../report-file.ts';
import { tellSeen } from '../seen-text.ts';
import { createTerminal } from '../terminal.ts';
import { evaluationText } from './evaluation-text.ts';
import { siteRun, withSiteFlags, type SiteFlags } from './site-flags.ts';
import { studyOptions } from './study-flags.ts';

interface ValidateFlags extends SiteFlags {
  party?: string;
  setting?: string;
  capacity?: number[];
  report?: string;
  record: boolean;
}

export function validateCommand(): Command {
  return withSiteFlags(new Command('validate'))
    .description('Validate a model on records it was not trained on, and add the result to its card.')
    .option('--party <text>', 'who validates, for the card: an organisation or a person')
    .option('--setting <text>', 'where the records come from, for the card: kind of hospital, country, years')
    .option('--capacity <n>', 'discharges that can be looked at a day; may be given more than once (default 1)', capacities)
    .option('--report <file>', 'write the evidence as one HTML file')
    .option('--no-record', 'leave the model folder as it is')
    .addHelpText(
      'after',
      '\nExample:\n  readmission validate --model models/natural --data st-mary --data-name "St. Mary, 2025" ' +
        '--party "St. Mary, quality office" --setting "community hospital, 300 beds"',
    )
    .action(run);
}

async function run(flags: ValidateFlags): Promise<void> {
  const terminal = createTerminal(flags);
  const { readManifest } = await import('../../fhir/index.ts');
  const { readModelFolder, recordInCard } = await import('../../model/index.ts');
  const { externalRecord, validateModel } = await import('../../training/index.ts');
  const folder = await readModelFolder(flags.model);
  const validation = await validateModel(folder, flags.data, {
    ...studyOptions(flags, terminal),
    draws: flags.draws,
    otherPatients: flags.otherPatients === true,
    ...(flags.capacity === undefined ? {} : { capacities: flags.capacity }),
  });
  if (flags.record) {
    const run = siteRun(flags, { manifest: await readManifest(flags.data), manifestSha256: validation.manifestSha256 });
    const record = externalRecord(validation, { ...run, party: flags.party, setting: flags.setting });
    await recordInCard(flags.model, { external: [record] });
  }
  const written: string[] = [];
  if (flags.report !== undefined) {
    const { header } = folder.model;
    // The card as it now is: what it says of external validation is of this one.
    const { card, modelSha256 } = flags.record ? await readModelFolder(flags.model) : folder;
    written.push(
      ...(await writeRunReport({ out: flags.report, header, modelSha256, metrics: validation, card, writeMetrics: true })),
    );
  }
  tellSeen(terminal, validation, validation.discharges);
  terminal.result(
    { model: folder.model.header.name, modelSha256: folder.modelSha256, recorded: flags.record, ...validation },
    [
      evaluationText(folder, validation),
      ...(written.length === 0 ? [] : [`report written to ${written.join(' and ')}`]),
      flags.record ? `written into ${flags.model}/records.json and its card` : 'not recorded',
    ].join('\n\n'),
  );
}
