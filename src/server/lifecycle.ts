/**
 * What the server is doing with its life: warming up, serving, or finishing what it began.
 *
 * Choice  /readyz follows the phase and /healthz does not: a server that warms up or drains is well, and must not be restarted
 */
export type Phase = 'warming' | 'ready' | 'stopping';

/** One per server; the starter moves it on, the app reads it. */
export class Lifecycle {
  phase: Phase;

  constructor(phase: Phase = 'ready') {
    this.phase = phase;
  }
}
