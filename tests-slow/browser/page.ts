/**
 * What the page runs: reads model and rows from where it came from, answers, and sends the answers back.
 */
import { openModel, type FeatureValues } from '../../src/browser.ts';
import { instantiateScorer, instantiateSharedScorer } from '../../src/forest/scorer-module.ts';
import type { PageReport } from './report.ts';

const { origin } = (globalThis as unknown as { readonly location: { readonly origin: string } }).location;

async function report(): Promise<PageReport> {
  const bytes = new Uint8Array(await (await fetch(`${origin}/model.bin`)).arrayBuffer());
  const rows = (await (await fetch(`${origin}/rows.json`)).json()) as FeatureValues[];
  const model = await openModel(bytes);
  return {
    agent: (globalThis as unknown as { readonly navigator: { readonly userAgent: string } }).navigator.userAgent,
    hasKernel: instantiateScorer() !== undefined,
    hasSharedKernel: instantiateSharedScorer() !== undefined,
    sha256: model.sha256,
    answers: rows.map((row) => model.score(row)),
    interactions: model.interactions(rows[0]!).map((values) => Array.from(values)),
  };
}

const body = await report().catch((error: unknown) => ({ error: String(error) }));
await fetch(`${origin}/report`, { method: 'POST', body: JSON.stringify(body) });
