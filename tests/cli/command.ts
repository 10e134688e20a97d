/** The command as a user runs it, a process of its own, from the sources compiled for this test run (tests/compile-command.mjs). */
import { spawnSync } from 'node:child_process';

export function readmission(...args: string[]): { status: number | null; out: string; err: string } {
  const command = process.env['READMISSION_TEST_COMMAND'];
  if (command === undefined) throw new Error('expected the compiled command of the global set-up, found none');
  const run = spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });
  return { status: run.status, out: run.stdout, err: run.stderr };
}
