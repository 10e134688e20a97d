/**
 * What a command prints and exits with, without a process of its own: a process takes longer to load the command than the command to answer.
 *
 * Choice  how main.ts parses, refuses and ends is tested with ./command.ts; here a command that succeeds is asked for what it says
 */
import { Writable } from 'node:stream';
import type { Command } from 'commander';

export async function answer(command: () => Command, ...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const exitCode = process.exitCode;
  const [out, err] = [hear('stdout'), hear('stderr')];
  process.exitCode = 0;
  try {
    await command().parseAsync(args, { from: 'user' });
    return { status: Number(process.exitCode), out: out.text(), err: err.text() };
  } finally {
    process.exitCode = exitCode;
    for (const stream of [out, err]) stream.restore();
  }
}

/** Another stream in the place of one of the process, which is no terminal. */
function hear(name: 'stdout' | 'stderr'): { text: () => string; restore: () => void } {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      chunks.push(String(chunk));
      done();
    },
  });
  const own = Object.getOwnPropertyDescriptor(process, name);
  if (own === undefined) throw new Error(`expected process.${name} to be its own, found it inherited`);
  Object.defineProperty(process, name, { ...own, get: () => stream });
  return { text: () => chunks.join(''), restore: () => void Object.defineProperty(process, name, own) };
}
