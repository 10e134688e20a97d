/**
 * What a thread of the pool and its owner say to each other.
 *
 * Thread  first `ready` or `failed`, then one answer per task, by its number
 * Owner   one task at a time
 */
import type { MessagePort } from 'node:worker_threads';
import { packError, type PackedError } from './packed-error.ts';

export interface TaskMessage {
  readonly task: number;
  readonly call: string;
  readonly args: readonly unknown[];
}

export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly error: PackedError }
  | { readonly kind: 'value'; readonly task: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly task: number; readonly error: PackedError };

/** What a thread can be asked, by name. */
export type Calls = Readonly<Record<string, (...args: never[]) => unknown>>;

/**
 * The thread's side: says that it is ready, then answers until its owner ends it.
 *
 * @param prepare  makes what answers; where it throws, the owner is told and the thread ends
 */
export async function answerCalls(port: MessagePort, prepare: () => Promise<Calls>): Promise<void> {
  const say = (message: ThreadMessage): void => port.postMessage(message);
  let calls: Calls;
  try {
    calls = await prepare();
  } catch (error) {
    say({ kind: 'failed', error: packError(error) });
    return;
  }
  port.on('message', ({ task, call, args }: TaskMessage) => {
    void answer(calls[call] as (...args: readonly unknown[]) => unknown, args).then(
      (value) => say({ kind: 'value', task, value }),
      (error: unknown) => say({ kind: 'error', task, error: packError(error) }),
    );
  });
  say({ kind: 'ready' });
}

async function answer(call: (...args: readonly unknown[]) => unknown, args: readonly unknown[]): Promise<unknown> {
  return call(...args);
}
