/** Before a long training a person is told that it will take longer here; of an engine without a faster form nothing is told. */
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { tellRuntime } from '../../src/cli/runtime-notice.ts';
import { withoutWasm } from '../../src/forest/runtime.ts';

describe('tellRuntime', () => {
  it('is silent where WebAssembly is at hand', async () => {
    const told: string[] = [];
    await tellRuntime({ note: (text) => told.push(text) });
    expect(told).toEqual([]);
  });

  it('tells it where there is none, and not of another engine', () => {
    const command = process.env['READMISSION_TEST_COMMAND']!;
    const module = JSON.stringify(pathToFileURL(command.replace(/main\.js$/, 'runtime-notice.js')).href);
    const script = `const { tellRuntime } = await import(${module}); const terminal = { note: (text) => console.log(text) };
      await tellRuntime(terminal, 'ml-random-forest'); console.log('then'); await tellRuntime(terminal);`;
    const { stdout, status } = spawnSync(process.execPath, ['--jitless', '--no-warnings', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect([status, stdout.trim().split('\n')]).toEqual([0, ['then', withoutWasm]]);
  });
});
