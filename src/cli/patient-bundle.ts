/**
 * One discharge of a Bundle, as the command line names it: the file, the encounter, the prediction time, what was searched.
 */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import type { BundleRequest, Scorer } from '../scoring/index.ts';

export interface DischargeFlags {
  encounter?: string;
  asOf?: string;
  covers?: string;
}

type LooseBundle = BundleRequest['bundle'];

export function withDischargeFlags(command: Command): Command {
  return command
    .option(
      '--encounter <id>',
      'encounter the patient is discharged from (default: the last inpatient encounter in the Bundle, by the mapping of the model)',
    )
    .option('--as-of <dateTime>', "prediction time (default: the encounter's end)")
    .option('--covers <types>', 'resource types the Bundle was searched for, joined by commas (default: those it holds)');
}

/** @throws {UsageError} USAGE_BUNDLE */
export async function readBundle(path: string): Promise<LooseBundle> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as LooseBundle | null;
    if (value?.resourceType === 'Bundle') return value;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== undefined) throw cause;
  }
  throw new UsageError('USAGE_BUNDLE', `expected a FHIR Bundle as JSON in ${path}, found something else`);
}

/** @throws {UsageError} USAGE_ENCOUNTER where none is named and the Bundle has no inpatient encounter */
export function bundleRequest(scorer: Scorer, bundle: LooseBundle, flags: DischargeFlags): BundleRequest {
  return {
    bundle,
    encounter: flags.encounter ?? lastInpatientEncounter(scorer, bundle, flags.asOf),
    ...(flags.asOf === undefined ? {} : { asOf: flags.asOf }),
    ...(flags.covers === undefined ? {} : { covers: { types: flags.covers.split(',').map((type) => type.trim()), from: null } }),
  };
}

/** Told apart by the mapping the model was trained with: a hospital may call an inpatient stay by a class of its own. */
function lastInpatientEncounter(scorer: Scorer, bundle: LooseBundle, asOf: string | undefined): string {
  const encounter = scorer.lastInpatientEncounter({ bundle, ...(asOf === undefined ? {} : { asOf }) });
  if (encounter !== null) return encounter;
  throw new UsageError(
    'USAGE_ENCOUNTER',
    `expected an inpatient encounter in the Bundle by the model's site mapping "${scorer.mapping.name}", found none; name one with --encounter`,
  );
}
