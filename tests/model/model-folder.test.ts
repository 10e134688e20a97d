import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { sampleModel, errorCode } from './sample-model.ts';

// Every write of the folder goes through one module; a fault can be planted before or after its n-th write.
const real = await import('../../src/util/atomic-file.ts');
let writes = 0;
let faultAt = Infinity;
let faultAfter = false;
jest.unstable_mockModule('../../src/util/atomic-file.ts', () => ({
  ...real,
  writeFileAtomic: async (path: string, data: Uint8Array | string) => {
    writes++;
    if (writes === faultAt && !faultAfter) throw new Error('planted');
    // As the real one, less the fsyncs, which would be most of this file's time.
    await writeFile(`${path}.tmp`, data, { mode: 0o644 });
    await rename(`${path}.tmp`, path);
    if (writes === faultAt) throw new Error('planted');
  },
}));
const { decodeModel, readModelFolder, requireModelOut, writeModelFolder } = await import('../../src/model/index.ts');

let dir: string;
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'model-folder-')), 'models', 'sample');
  faultAt = Infinity;
});
afterEach(() => rm(join(dir, '../..'), { recursive: true, force: true }));

const content = (name: string) => {
  const model = sampleModel();
  return {
    model: { ...model, header: { ...model.header, name } },
    metrics: { of: name, auroc: NaN },
    card: { of: name },
    cardMarkdown: `# ${name}\n`,
  };
};
const names = async () => {
  const { model, metrics, card } = await readModelFolder(dir);
  return [model.header.name, metrics['of'], card['of']];
};

describe('where a model may be written', () => {
  test('is a new folder, an empty one or a model folder', async () => {
    await requireModelOut(dir);
    await mkdir(dir, { recursive: true });
    await requireModelOut(dir);
    await writeModelFolder(dir, content('one'));
    await requireModelOut(dir);
  });

  test('is not among other files, nor a file, nor without a name for the model', async () => {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'thesis.tex'), '');
    expect(await errorCode(() => requireModelOut(dir))).toBe('MODEL_OUT_TAKEN');
    expect(await errorCode(() => requireModelOut(join(dir, 'thesis.tex')))).toBe('MODEL_OUT_TAKEN');
    expect(await errorCode(() => requireModelOut(join(dir, 'my model')))).toBe('MODEL_OUT_NAME');
    expect(await errorCode(() => requireModelOut('/'))).toBe('MODEL_OUT_NAME');
  });
});

describe('write and read', () => {
  test('comes back, NaN as null, with the hash in card.md and in the answer', async () => {
    const hash = await writeModelFolder(dir, content('one'));
    const folder = await readModelFolder(dir);
    expect(folder).toEqual({
      model: content('one').model,
      modelSha256: hash,
      metrics: { of: 'one', auroc: null },
      card: { of: 'one' },
    });
    expect(await readFile(join(dir, 'card.md'), 'utf8')).toContain(hash);
    expect((await readdir(dir)).sort()).toEqual(['card.json', 'card.md', 'metrics.json', 'model.bin']);
  });

  test('keeps the model before as .prev, also when the new one is written twice', async () => {
    await writeModelFolder(dir, content('one'));
    await writeModelFolder(dir, content('two'));
    await writeModelFolder(dir, content('two'));
    expect(await names()).toEqual(['two', 'two', 'two']);
    expect(decodeModel(await readFile(join(dir, 'model.bin.prev'))).header.name).toBe('one');
    expect(JSON.parse(await readFile(join(dir, 'metrics.json.prev'), 'utf8'))).toMatchObject({ of: 'one' });
  });

  test('a damaged model is replaced and not kept', async () => {
    await writeModelFolder(dir, content('one'));
    await writeFile(join(dir, 'model.bin'), 'damaged');
    await writeModelFolder(dir, content('two'));
    expect(await names()).toEqual(['two', 'two', 'two']);
    expect(await readdir(dir)).not.toContain('model.bin.prev');
  });

  test('metrics or card of another model are refused', async () => {
    await writeModelFolder(dir, content('one'));
    const metrics = await readFile(join(dir, 'metrics.json'));
    await writeModelFolder(dir, content('two'));
    await writeFile(join(dir, 'metrics.json'), metrics);
    await rm(join(dir, 'metrics.json.prev'));
    expect(await errorCode(() => readModelFolder(dir))).toBe('MODEL_FOLDER_MIXED');
  });

  test.each(['metrics.json', 'card.json'])('without %s it is told which file is not there', async (name) => {
    await writeModelFolder(dir, content('one'));
    await rm(join(dir, name));
    await expect(readModelFolder(dir)).rejects.toMatchObject({
      code: 'MODEL_FOLDER_INCOMPLETE',
      message: expect.stringContaining(`expected ${name} beside model.bin, found none`),
      details: { missing: name },
    });
  });

  test('a folder that is not there is told with the one that may have been meant', async () => {
    await writeModelFolder(join(dir, 'planted'), content('one'));
    await expect(readModelFolder(join(dir, 'plantd'))).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining(`did you mean "${join(dir, 'planted')}"?`),
    });
  });
});

describe('interrupted', () => {
  /** metrics.json, card.json and model.bin to .prev; the same three and card.md anew. */
  const allWrites = 7;
  const interrupt = async (at: number, after: boolean, name: string): Promise<boolean> => {
    [writes, faultAt, faultAfter] = [0, at, after];
    const failed = (await errorCode(() => writeModelFolder(dir, content(name)))) !== undefined;
    faultAt = Infinity;
    return failed;
  };

  test.each([false, true])('at every write, twice in a row: wholly one model each time (after the write: %s)', async (after) => {
    let faults = 0;
    for (let first = 1; ; first++) {
      await rm(dir, { recursive: true, force: true });
      await writeModelFolder(dir, content('zero'));
      await writeModelFolder(dir, content('one'));
      const failed = await interrupt(first, after, 'two');
      const now = await names();
      expect(new Set(now).size).toBe(1);
      // The commit is the last write: a fault after it comes too late to undo it.
      expect(now[0]).toBe(!failed || (after && writes === allWrites) ? 'two' : 'one');
      for (let second = 1; await interrupt(second, after, 'three'); second++) {
        expect(new Set(await names()).size).toBe(1);
        faults++;
      }
      expect(await names()).toEqual(['three', 'three', 'three']);
      if (!failed) break;
    }
    expect(faults).toBeGreaterThan(35);
  });

  test('a reader during 30 replacements always gets one whole model', async () => {
    await writeModelFolder(dir, content('even'));
    let done = false;
    const reading = (async () => {
      const seen = new Set<string>();
      for (let reads = 0; !done || reads < 20; reads++) {
        const now = await names();
        expect(new Set(now).size).toBe(1);
        seen.add(String(now[0]));
      }
      return seen;
    })();
    for (let k = 0; k < 30; k++) await writeModelFolder(dir, content(k % 2 === 0 ? 'odd' : 'even'));
    done = true;
    expect((await reading).size).toBe(2);
  });
});

describe('what is not a plain file', () => {
  const model = () => join(dir, 'model.bin');
  const code = () => errorCode(() => readModelFolder(dir));
  beforeEach(async () => {
    await writeModelFolder(dir, content('one'));
  });

  test('absent', async () => {
    await rm(model());
    expect(await code()).toBe('MODEL_NOT_FOUND');
    expect(await errorCode(() => readModelFolder(join(dir, 'none')))).toBe('MODEL_NOT_FOUND');
  });

  test('a symbolic link, even to a good model', async () => {
    await writeFile(join(dir, 'good'), await readFile(model()));
    await rm(model());
    await symlink('good', model());
    expect(await code()).toBe('MODEL_FILE_KIND');
  });

  test('a pipe nobody writes to does not hang', async () => {
    await rm(model());
    execFileSync('mkfifo', [model()]);
    expect(await code()).toBe('MODEL_FILE_KIND');
  });

  test('a folder', async () => {
    await rm(model());
    await mkdir(model());
    expect(await code()).toBe('MODEL_FILE_KIND');
  });

  test('an endless device, by link', async () => {
    await rm(model());
    await symlink('/dev/zero', model());
    expect(await code()).toBe('MODEL_FILE_KIND');
  });

  test('0 bytes', async () => {
    await writeFile(model(), '');
    expect(await code()).toBe('MODEL_CORRUPT');
  });

  test('writable by everyone', async () => {
    await chmod(model(), 0o666);
    expect(await code()).toBe('MODEL_FILE_KIND');
    await chmod(model(), 0o664);
    expect(await code()).toBeUndefined();
  });

  test('script or JSON text', async () => {
    await writeFile(model(), 'process.exit(1) // '.repeat(20));
    expect(await code()).toBe('MODEL_CORRUPT');
  });
});
