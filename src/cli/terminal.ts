/**
 * What the command line shows: results on standard output, progress and notices on standard error.
 *
 * Choice  bars on a terminal; elsewhere one quiet line per task when it ends, so that a log stays readable
 */
import { Presets, SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import type { OnProgress } from '../util/progress.ts';

export interface Terminal {
  readonly json: boolean;
  readonly onProgress: OnProgress;
  /** A notice for people; silent with --json. */
  note(text: string): void;
  /** The result: an object as one JSON line with --json, else the text. */
  result(value: object, text: string): void;
  /** Ends what is still drawn. */
  end(): void;
}

export function createTerminal(options: { json?: boolean }): Terminal {
  const json = options.json === true;
  const isTerminal = process.stderr.isTTY === true;
  let bar: { task: string; bar: SingleBar } | null = null;
  let lineTask = '';
  const end = (): void => {
    bar?.bar.stop();
    bar = null;
  };
  // An error or an interruption must not leave the cursor hidden.
  process.once('exit', end);
  return {
    json,
    onProgress: ({ task, done, total }) => {
      if (!isTerminal) {
        if (total !== undefined && done >= total && lineTask !== `${task} ${total}`) {
          lineTask = `${task} ${total}`;
          if (!json) process.stderr.write(`  ${task}: ${total}\n`);
        }
        return;
      }
      if (bar?.task !== task) {
        end();
        const format = ` ${task.padEnd(12)} {bar} {value}/{total} {eta_formatted}`;
        bar = {
          task,
          bar: new SingleBar({ format, stream: process.stderr, hideCursor: true, clearOnComplete: true }, Presets.shades_classic),
        };
        bar.bar.start(total ?? 0, done);
      }
      if (total !== undefined) bar.bar.setTotal(total);
      bar.bar.update(done);
      if (total !== undefined && done >= total) end();
    },
    note: (text) => {
      end();
      if (!json) process.stderr.write(`${text}\n`);
    },
    result: (value, text) => {
      end();
      process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
    },
    end,
  };
}

/** A plain table; numbers are right-aligned. */
export function tableText(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, c) => (rows.every((row) => typeof row[c] === 'number') ? 'right' : 'left')),
  });
  for (const row of rows) table.push(row.map(String));
  return table.toString();
}
