/**
 * A question that may be asked again before it is answered: only the answer to the last one is ever shown.
 *
 * In      questions, one after the other; answers in any order
 * Out     one state: nothing, loading, an answer, or a problem; never two of them
 * Choice  the old answer is gone as soon as a new question is asked, and where it fails: a number on the screen belongs to what is named beside it
 * Choice  an answer is held against its question before it is shown; one that is about something else is a problem
 */
import type { Progress } from '../api/answers.ts';
import { PageError, problemOf, type Problem } from '../api/problem.ts';
import { Store } from './store.ts';

export type Remote<T> =
  | { readonly status: 'idle' }
  | { readonly status: 'loading'; readonly progress: Progress | null }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly problem: Problem };

export type Ask<Asked, T> = (asked: Asked, signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<T>;

export interface LatestAnswerOptions<Asked, T> {
  readonly ask: Ask<Asked, T>;
  /** Whether an answer is about what was asked; yes by default. */
  readonly belongs?: (asked: Asked, value: T) => boolean;
  /** Told of every problem that is shown. */
  readonly onProblem?: (problem: Problem) => void;
}

export class LatestAnswer<Asked, T> extends Store<Remote<T>> {
  readonly #options: LatestAnswerOptions<Asked, T>;
  #current: AbortController | null = null;
  #asked: Asked | null = null;

  constructor(options: LatestAnswerOptions<Asked, T>) {
    super({ status: 'idle' });
    this.#options = options;
  }

  /** What was asked last; null before and after `clear`. */
  get asked(): Asked | null {
    return this.#asked;
  }

  /** Resolves when this question is settled or has been overtaken; never rejects. */
  async ask(asked: Asked): Promise<void> {
    this.#current?.abort();
    const own = new AbortController();
    this.#current = own;
    this.#asked = asked;
    this.set({ status: 'loading', progress: null });
    const isLast = (): boolean => this.#current === own;
    let next: Remote<T>;
    try {
      const value = await this.#options.ask(asked, own.signal, (progress) => {
        if (isLast()) this.set({ status: 'loading', progress });
      });
      const belongs = this.#options.belongs?.(asked, value) ?? true;
      next = belongs ? { status: 'ready', value } : { status: 'failed', problem: problemOf('mismatch') };
    } catch (error) {
      next = { status: 'failed', problem: error instanceof PageError ? error.problem : problemOf('unreadable') };
    }
    if (!isLast()) return;
    this.set(next);
    if (next.status === 'failed') this.#options.onProblem?.(next.problem);
  }

  /** Asks the last question again. */
  again(): void {
    if (this.#asked !== null) void this.ask(this.#asked);
  }

  /** Forgets question and answer, and takes back what is under way. */
  clear(): void {
    this.#current?.abort();
    this.#current = null;
    this.#asked = null;
    this.set({ status: 'idle' });
  }
}
