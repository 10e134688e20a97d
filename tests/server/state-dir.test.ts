/** The folder of the server's state is its own. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { openStateDir } from '../../src/server/state-dir.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'state-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('made with rights 0700, whatever is above it', async () => {
  const path = await openStateDir(join(dir, 'a', 'b'));
  expect(path).toBe(join(dir, 'a', 'b'));
  expect((await stat(path)).mode & 0o777).toBe(0o700);
});

test.each(['700', '750', '770'])('rights %s are taken', async (mode) => {
  await chmod(dir, Number.parseInt(mode, 8));
  await expect(openStateDir(dir)).resolves.toBe(dir);
});

test.each(['701', '704', '702', '755', '777'])('rights %s, by which others reach it, are refused', async (mode) => {
  await chmod(dir, Number.parseInt(mode, 8));
  const refused = await openStateDir(dir).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'SERVER_STATE_DIR', message: expect.stringContaining('chmod') });
  expect(exitCodeOf(refused)).toBe(2);
});

test('a file in its place or above it is refused', async () => {
  await mkdir(join(dir, 'x'));
  await writeFile(join(dir, 'x', 'file'), '');
  for (const path of [join(dir, 'x', 'file'), join(dir, 'x', 'file', 'y')]) {
    await expect(openStateDir(path)).rejects.toMatchObject({ code: 'SERVER_STATE_DIR' });
  }
});
