/**
 * A server in a process of its own, and what it has used so far: read from its own metrics, so that it is told alike on every system.
 */
import { spawn } from 'node:child_process';

export interface ServerProcess {
  readonly url: string;
  /** CPU seconds since it started, all threads, and resident memory in bytes. */
  usage(): Promise<{ readonly cpuS: number; readonly rssBytes: number }>;
  end(): Promise<void>;
}

/** Resolves when it has written its address as a JSON line. @throws {Error} with its last words, when it ends first */
export function startProcess(args: readonly string[]): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const end = async (): Promise<void> => {
    child.stdin.end();
    child.kill('SIGTERM');
    await ended;
  };
  let out = '';
  let tail = '';
  child.stderr.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString('utf8')).slice(-1500)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    void ended.then((code) => reject(new Error(`${args[0] ?? ''} ended with ${code}: ${tail.trim()}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
      const line = /^\{.*\}$/m.exec(out)?.[0];
      if (line === undefined) return;
      const { url } = JSON.parse(line) as { url: string };
      resolve({ url, usage: () => usageOf(url), end });
    });
  });
}

async function usageOf(url: string): Promise<{ cpuS: number; rssBytes: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  return { cpuS: value('process_cpu_seconds_total'), rssBytes: value('process_resident_memory_bytes') };
}
