/**
 * One process at a time in a folder, by a lock file that names its holder and outlives nobody.
 *
 * Choice  the lock of a process that is gone is taken over, so that a killed run does not block its resumption; a process number
 *         used again by another program is told apart by its start time where the system tells it (Linux)
 */
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FhirError } from '../errors.ts';

/** Locks of this process, which its own number cannot tell apart. */
const held = new Set<string>();

/**
 * @returns a function that gives the lock back
 * @throws {FhirError} FHIR_BUSY naming the process that holds it
 */
export async function acquireLock(path: string): Promise<() => Promise<void>> {
  const name = resolve(path);
  const me = `${process.pid} ${(await startTime(process.pid)) ?? '-'}\n`;
  if (held.has(name)) throw busy(process.pid);
  held.add(name);
  try {
    for (let tries = 0; !(await create(name, me)); tries += 1) {
      const owner = await readFile(name, 'utf8').catch(() => '');
      const pid = Number.parseInt(owner, 10);
      // An empty file is a lock in the making, or one torn by a crash: the second look decides.
      if ((await isAlive(owner)) || tries > 5) throw busy(pid);
      if (owner === '' && tries < 3) continue;
      await takeAway(name, owner);
    }
  } catch (error) {
    held.delete(name);
    throw error;
  }
  return async () => {
    held.delete(name);
    if ((await readFile(name, 'utf8').catch(() => '')) === me) await rm(name, { force: true });
  };
}

async function create(name: string, text: string): Promise<boolean> {
  try {
    const file = await open(name, 'wx', 0o600);
    await file.writeFile(text);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a stale lock; if another process put its own there meanwhile, that one is put back. */
async function takeAway(name: string, stale: string): Promise<void> {
  const aside = `${name}.${process.pid}`;
  await rename(name, aside).catch(() => undefined);
  const found = await readFile(aside, 'utf8').catch(() => stale);
  if (found !== stale) await link(aside, name).catch(() => undefined);
  await rm(aside, { force: true });
}

async function isAlive(owner: string): Promise<boolean> {
  const [pidText = '', started] = owner.trim().split(' ');
  const pid = Number(pidText);
  // Our own number in a lock that we do not hold is left from an earlier life of this machine.
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const actual = await startTime(pid);
  return actual === null || started === undefined || started === '-' || started === actual;
}

/** Field 22 of /proc/PID/stat, in clock ticks since boot; null where there is no such file. */
async function startTime(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function busy(pid: number): FhirError {
  const who = Number.isSafeInteger(pid) && pid > 0 ? `process ${pid}` : 'another process';
  const message = `expected a folder to ourselves, found ${who} at work in it; wait for it, or choose another folder`;
  return new FhirError('FHIR_BUSY', message, { details: { pid: Number.isSafeInteger(pid) ? pid : null } });
}
