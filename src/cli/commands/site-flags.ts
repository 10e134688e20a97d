/**
 * Flags of the commands that ask a model about the records of a site and write down what was found.
 */
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { SiteRun, Study } from '../../training/index.ts';
import { commandText } from '../command-text.ts';
import { wholeNumber } from '../number-option.ts';
import { otherPatientsOption, type OtherPatientsFlag } from '../seen-text.ts';
import { withCohortFlags, withFeatureFolders, type StudyFlags } from './study-flags.ts';

export interface SiteFlags extends StudyFlags, OtherPatientsFlag {
  model: string;
  draws: number;
  dataName?: string;
}

export function withSiteFlags(command: Command): Command {
  return withFeatureFolders(withCohortFlags(command))
    .requiredOption('--model <dir>', 'model folder')
    .option('--draws <n>', 'bootstrap draws of the intervals', wholeNumber(100, 100_000), 1000)
    .option('--data-name <text>', 'what the data are called in the card (default: the name of the landing folder)')
    .addOption(otherPatientsOption());
}

export function siteRun(flags: SiteFlags, { manifest, manifestSha256 }: Pick<Study, 'manifest' | 'manifestSha256'>): SiteRun {
  return {
    when: new Date().toISOString(),
    dataName: dataName(flags),
    manifest,
    manifestSha256,
    command: commandText(process.argv.slice(2)),
  };
}

export function dataName(flags: SiteFlags): string {
  return flags.dataName ?? basename(resolve(flags.data));
}
