/** The folder of a job: what is not there is nothing, what cannot be read is an error. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchJobs, type BatchJobsOptions } from '../../../src/server/jobs/batch-jobs.ts';
import { fakeModel } from '../support/served.ts';
import { JobFolder } from '../../../src/server/jobs/job-folder.ts';

const id = '00000000-0000-4000-8000-000000000000';
let root: string;
let folder: JobFolder;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jobs-'));
  folder = new JobFolder(root, id);
  await mkdir(folder.dir);
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('before anything was told there are no facts and no results', async () => {
  expect(await folder.facts()).toEqual({ patients: [], scores: [] });
  expect(await folder.results()).toBeNull();
  expect(await folder.load()).toBeNull();
});

test('facts, results and a job that cannot be read are not taken for none', async () => {
  for (const name of ['facts.ndjson', 'result.ndjson', 'job.json']) await mkdir(join(folder.dir, name));
  await expect(folder.facts()).rejects.toThrow('EISDIR');
  await expect(folder.results()).rejects.toThrow('EISDIR');
  await expect(folder.load()).rejects.toThrow('EISDIR');
});

test('a job that cannot be read is left where it is, and told of; one that was never taken goes', async () => {
  const never = new JobFolder(root, id.replace('8000', '9000'));
  await mkdir(never.dir);
  await writeFile(join(folder.dir, 'job.json'), '{"of": "another release"}');
  const told: string[] = [];
  const model = fakeModel();
  const options: BatchJobsOptions = {
    dir: root,
    now: () => 0,
    models: { current: () => model },
    metrics: { scored: () => undefined },
    onFault: (which) => void told.push(which),
  };
  const jobs = await BatchJobs.open(options);
  await jobs.close();
  expect(told).toEqual([id]);
  await stat(folder.dir);
  await expect(stat(never.dir)).rejects.toThrow('ENOENT');
});
