/** A command's refusal without a process of its own: the line and the exit code that main.ts makes of the same error. */
import type { Command } from 'commander';
import { errorLine, exitCodeOf } from '../../src/cli/exit-code.ts';

export async function refusal(command: () => Command, ...args: string[]): Promise<{ status: number; err: string }> {
  try {
    // With --json nothing is told of the progress.
    await command().parseAsync([...args, '--json'], { from: 'user' });
  } catch (error) {
    return { status: exitCodeOf(error), err: errorLine(error) };
  }
  throw new Error(`expected a refusal of ${args.join(' ')}`);
}
