/** Records as a landing folder in a temporary directory, and the warehouse over it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLandingFile, writeManifest, type LandingFile, type LandingManifest } from '../../src/fhir/landing.ts';
import type { Resource } from './compact.ts';

export const clinicalTypes = ['Patient', 'Encounter', 'Condition', 'Observation', 'Procedure', 'MedicationRequest'] as const;

export interface LandingOptions {
  readonly transactionTime?: string;
  readonly coverage?: LandingManifest['coverage'];
  /** Default true. */
  readonly synthetic?: boolean;
  /** Lines of one type are spread over this many files. */
  readonly parts?: number;
}

/** Lines in the order given. The caller removes the folder. */
export async function writeLanding(resources: readonly Resource[], options: LandingOptions = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'readmission-landing-'));
  const parts = options.parts ?? 1;
  const files: LandingFile[] = [];
  for (const type of clinicalTypes) {
    const lines = resources.filter(({ resourceType }) => resourceType === type).map((resource) => JSON.stringify(resource));
    for (let part = 0; part < parts; part += 1) {
      const share = lines.filter((_, index) => index % parts === part);
      if (share.length > 0) files.push(await writeLandingFile(folder, type, share, parts === 1 ? {} : { part }));
    }
  }
  await writeManifest(folder, {
    format: 'readmission-landing',
    formatVersion: 1,
    source: { kind: 'folder', description: 'made by a test' },
    transactionTime: options.transactionTime ?? '2026-01-01T00:00:00Z',
    synthetic: options.synthetic ?? true,
    coverage: options.coverage ?? { types: [...clinicalTypes], from: null },
    files,
  });
  return folder;
}

/** Runs with a landing folder that is gone afterwards. */
export async function withLanding<T>(
  resources: readonly Resource[],
  use: (folder: string) => Promise<T>,
  options: LandingOptions = {},
): Promise<T> {
  const folder = await writeLanding(resources, options);
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
