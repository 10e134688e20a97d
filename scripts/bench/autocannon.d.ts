/** The part of autocannon that the load work calls; the package has no types of its own. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  namespace autocannon {
    interface Options {
      readonly url: string;
      readonly connections: number;
      /** Seconds. */
      readonly duration: number;
      readonly method?: 'GET' | 'POST';
      readonly headers?: Readonly<Record<string, string>>;
      /** Sent in turn by each connection. */
      readonly requests?: readonly { readonly body: string }[];
      /** Requests a second of all connections together; as fast as the answers come by default. */
      readonly overallRate?: number;
      /** Threads that ask; then no event tells of single answers. */
      readonly workers?: number;
    }

    interface Result {
      /** Measured, seconds. */
      readonly duration: number;
      readonly errors: number;
      readonly statusCodeStats: Readonly<Record<string, { readonly count: number }>>;
    }

    interface Instance extends EventEmitter, PromiseLike<Result> {
      on(event: 'response', told: (client: unknown, status: number, bytes: number, ms: number) => void): this;
    }
  }

  function autocannon(options: autocannon.Options): autocannon.Instance;
  export = autocannon;
}
