/** A server killed under load, again and again over one state folder: what was answered against what the trail holds. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyTrail, type TrailReport } from '../../../src/server/audit/verify-trail.ts';
import { load, startServing, writeTinyModel } from './serving-child.ts';

export interface Killed {
  readonly report: TrailReport;
  readonly answered: number;
  /** Answers that a client had whole and the trail has not. */
  readonly lost: string[];
  /** Kills that left half a line. */
  readonly torn: number;
}

/**
 * @param waitsMs  for each kill, how long clients are answered before it
 * @param onKill   what stands in the trail right after each
 */
export async function killedUnderLoad(
  waitsMs: readonly number[],
  clients: number,
  onKill: (found: Killed, state: string) => void,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'killed-'));
  const [model, state] = [join(dir, 'model'), join(dir, 'state')];
  try {
    await writeTinyModel(model);
    const answered: string[] = [];
    let torn = 0;
    for (const waitMs of waitsMs) {
      const server = await startServing({ model, state });
      const { answered: now, ended } = load(server.url, clients);
      while (now.length === 0) await sleep(1);
      await sleep(waitMs);
      await server.kill('SIGKILL');
      await ended;
      answered.push(...now);
      const kept = new Set<unknown>();
      const report = await verifyTrail(join(state, 'audit'), { onLine: (line) => void kept.add(line['requestId']) });
      if (report.torn !== null) torn += 1;
      onKill({ report, answered: answered.length, lost: answered.filter((id) => !kept.has(id)), torn }, state);
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
