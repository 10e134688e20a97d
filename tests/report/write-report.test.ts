/** report.html on disk. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { renderReport, writeReport } from '../../src/report/index.ts';
import { input } from './fixture.ts';

describe('writeReport', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('writes the report and leaves nothing else behind', async () => {
    await writeReport(join(folder, 'report.html'), input);
    expect(await readdir(folder)).toEqual(['report.html']);
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toBe(renderReport(input));
  });
});
