/**
 * The bearer token for a FHIR server: from the variable READMISSION_FHIR_TOKEN or a file, never from a flag, which others can see.
 */
import { readFile } from 'node:fs/promises';
import { UsageError } from '../errors.ts';
import type { TokenSource } from '../fhir/index.ts';

export function tokenSource(tokenFile: string | undefined): TokenSource | undefined {
  if (tokenFile === undefined) {
    const token = process.env['READMISSION_FHIR_TOKEN'];
    return token === undefined || token === '' ? undefined : async (refused) => (refused === token ? undefined : token);
  }
  // Read again each time it is asked for, so that whoever renews the file renews the token.
  return async () => {
    let text: string;
    try {
      text = await readFile(tokenFile, 'utf8');
    } catch (cause) {
      throw new UsageError('USAGE_TOKEN_FILE', 'expected a readable token file, found none', { cause });
    }
    return text.trim();
  };
}
