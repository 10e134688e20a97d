/**
 * Entry of a scoring thread when running from source: Node 20 cannot start a thread on a .ts file, so tsx is registered first.
 */
import { register } from 'tsx/esm/api';

register();
await import('./scoring-worker.ts');
