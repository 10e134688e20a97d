/**
 * The end of a pull: accounting, data files, quarantine, manifest; then the workspace goes.
 *
 * In      a journal whose slices are all closed, and the committed pages
 * Out     OUT/Type.ndjson in order of id, OUT/quarantine.ndjson (owner only), OUT/manifest.json last; the report
 * Choice  a kill at any moment here leaves the workspace, and the same command writes the same files again
 * Choice  after the manifest the report goes into the journal, so that a kill while tidying costs nothing
 */
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkIdentity, incomplete, shortfalls, type Accounts, type Shortfall, type TypeAccount } from './accounting.ts';
import type { JournalState } from './journal.ts';
import { writeLandingFile, writeManifest, type LandingFile, type LandingManifest } from './landing.ts';
import { mergePages, type CommittedPage, type MergedType } from './merge.ts';
import { order } from './page-file.ts';
import type { PullPlan } from './pull-options.ts';
import type { PullContext } from './pull-slice.ts';
import type { Transport } from './transport.ts';
import { countedIn, isRoot } from './slice-tree.ts';
import { readPageIndex } from './workspace.ts';

export interface PullReport {
  readonly types: Accounts;
  /** Patients selected. */
  readonly patients: number;
  /** Exchanges of this run; pages of earlier, interrupted runs are not asked again. */
  readonly requests: number;
  readonly retries: number;
  readonly warnings: readonly string[];
  /** Types of which fewer arrived than were counted; empty unless a partial pull was allowed. */
  readonly incomplete: readonly Shortfall[];
  readonly manifest: LandingManifest;
}

const maxWarnings = 50;

/** @throws {FhirError} FHIR_INCOMPLETE, FHIR_ACCOUNTING */
export async function finishPull(context: PullContext, out: string, stats: Transport['stats']): Promise<PullReport> {
  const { plan, workspace, allowPartial } = context;
  const { journal, pagesDir } = workspace;
  if (journal.state.finished !== null) {
    await workspace.remove();
    return JSON.parse(journal.state.finished) as PullReport;
  }
  const slices = [...journal.state.slices].filter(([, slice]) => slice.status !== 'split').sort(([a], [b]) => order(a, b));
  const pages: CommittedPage[] = [];
  for (const line of slices.flatMap(([, slice]) => slice.pages)) pages.push({ line, index: await readPageIndex(pagesDir, line) });
  const merged = mergePages(pagesDir, pages);
  const types = account(plan, journal.state, pages, merged);
  checkIdentity(types);
  const missing = shortfalls(types);
  if (missing.length > 0 && !allowPartial) throw incomplete(missing);

  await rm(join(out, 'manifest.json'), { force: true });
  const files = await writeFiles(out, merged, plan);
  await writeQuarantine(out, pagesDir, pages);
  await removeOthers(out, files);
  const manifest = manifestOf(plan, files, types, missing, new Date(journal.state.clockMs ?? plan.now()).toISOString());
  await writeManifest(out, manifest);
  const report: PullReport = {
    types,
    patients: journal.state.patients?.count ?? 0,
    requests: stats.requests,
    retries: stats.retries,
    warnings: warningsOf(types, pages, merged),
    incomplete: missing,
    manifest,
  };
  await journal.append({ kind: 'finished', report: JSON.stringify(report) });
  await workspace.remove();
  return report;
}

function account(plan: PullPlan, state: JournalState, pages: readonly CommittedPage[], merged: readonly MergedType[]): Accounts {
  const quarantined = new Map<string, number>();
  for (const { index } of pages) {
    quarantined.set(index.searched, (quarantined.get(index.searched) ?? 0) + index.quarantine.length);
  }
  const names = new Set(['Patient', ...plan.types, ...merged.map(({ type }) => type)]);
  const accounts: Record<string, TypeAccount> = {};
  for (const type of [...names].sort(order)) {
    const roots = [...state.slices.keys()].filter((key) => isRoot(key) && key.split('/')[0] === type);
    const counts = roots.map((key) => countedIn(state, key));
    // Included resources of a type that was never searched have no count to be held against.
    const searched = type === 'Patient' || plan.types.includes(type);
    const expected = searched && counts.every((n) => n !== null) ? counts.reduce<number>((sum, n) => sum + (n ?? 0), 0) : null;
    const kept = merged.find((m) => m.type === type);
    const turnedAway = quarantined.get(type) ?? 0;
    const received = (kept?.received ?? 0) + turnedAway;
    const stored = kept?.stored ?? 0;
    accounts[type] = { expected, received, stored, duplicate: (kept?.received ?? 0) - stored, quarantined: turnedAway };
  }
  return accounts;
}

async function writeFiles(out: string, merged: readonly MergedType[], plan: PullPlan): Promise<LandingFile[]> {
  const files: LandingFile[] = [];
  for (const [done, type] of merged.entries()) {
    plan.onProgress({ task: 'files', done, total: merged.length });
    files.push(await writeLandingFile(out, type.type, type.lines(), { gzip: plan.gzip }));
  }
  plan.onProgress({ task: 'files', done: merged.length, total: merged.length });
  return files;
}

/** The quarantine lines of all pages, in order of search; no file where there are none. */
async function writeQuarantine(out: string, pagesDir: string, pages: readonly CommittedPage[]): Promise<void> {
  const path = join(out, 'quarantine.ndjson');
  const withLines = pages.filter(({ index }) => index.quarantine.length > 0);
  if (withLines.length === 0) return rm(path, { force: true });
  const file = await open(`${path}.part`, 'w', 0o600);
  try {
    for (const { line, index } of withLines) {
      const length = index.quarantine.reduce((sum, [, bytes]) => sum + bytes, 0);
      const page = await open(join(pagesDir, line.file), 'r');
      try {
        const { buffer } = await page.read(Buffer.alloc(length), 0, length, line.bytes - length);
        await file.writeFile(buffer);
      } finally {
        await page.close();
      }
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.part`, path);
}

/** Data files of an earlier pull that this one does not replace. */
async function removeOthers(out: string, files: readonly LandingFile[]): Promise<void> {
  const current = new Set(files.map(({ path }) => path));
  for (const name of await readdir(out)) {
    if (/^[A-Z][A-Za-z]{1,63}(\.\d{6})?\.ndjson(\.gz)?(\.part)?$/.test(name) && !current.has(name)) await rm(join(out, name));
  }
}

function manifestOf(
  plan: PullPlan,
  files: readonly LandingFile[],
  types: Accounts,
  missing: readonly Shortfall[],
  transactionTime: string,
): LandingManifest {
  const who = plan.inpatient ? 'patients with an inpatient encounter' : 'patients of a Patient query';
  const most = plan.maxPatients === undefined ? '' : `, at most ${plan.maxPatients}`;
  const partial = missing.map(({ type, expected, found }) => `; ${type} incomplete: ${found} of ${expected}`).join('');
  const accounting = Object.entries(types).map(([type, { received, stored, duplicate, quarantined }]) => [
    type,
    { received, stored, duplicate, quarantined },
  ]);
  return {
    format: 'readmission-landing',
    formatVersion: 1,
    source: { kind: 'fhir-search', url: plan.base.text, description: `${who}${most}, pulled by FHIR search${partial}` },
    transactionTime,
    synthetic: plan.synthetic,
    coverage: {
      types: ['Patient', ...plan.types].sort(order),
      from: null,
      ...(plan.historyYears === undefined ? {} : { historyYears: plan.historyYears }),
    },
    files: [...files],
    accounting: Object.fromEntries(accounting),
    ...(plan.observationCodes === null ? {} : { pruning: `Observation only with ${plan.observationCodes.length} chosen codes` }),
  };
}

function warningsOf(types: Accounts, pages: readonly CommittedPage[], merged: readonly MergedType[]): string[] {
  const warnings = new Set<string>();
  const reasons = new Map<string, number>();
  for (const { line, index } of pages) {
    for (const warning of line.warnings) warnings.add(warning);
    for (const [reason] of index.quarantine) {
      const key = `${index.searched} quarantined as ${reason}`;
      reasons.set(key, (reasons.get(key) ?? 0) + 1);
    }
  }
  for (const [what, n] of reasons) warnings.add(`${n} ${what}`);
  for (const { type, conflicts } of merged) {
    if (conflicts > 0) warnings.add(`${conflicts} ${type} with two different texts of the same version, one kept`);
  }
  for (const [type, { expected }] of Object.entries(types)) {
    if (expected === null) warnings.add(`${type}: the server states no count, so completeness is not known`);
  }
  return [...warnings].slice(0, maxWarnings);
}
