/** A pull in a process of its own, to be killed: options as JSON in the first argument, progress on stdout. */
import { writeSync } from 'node:fs';
import { pull } from '../../../src/fhir/pull.ts';
import type { PullOptions } from '../../../src/fhir/pull-options.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as PullOptions;
await pull({ ...options, onProgress: ({ task, done }) => writeSync(1, `${task} ${done}\n`) });
