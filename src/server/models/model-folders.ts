/**
 * Where models lie: one folder, or a folder of models with a file `current` that names the one to serve.
 *
 * Choice  what is served is said by that file and by nothing else: the newest folder may be half copied, or a trial
 * Choice  `current` is the old name or the new one, never half of one, and the same after a restart
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ModelError, UsageError } from '../../errors.ts';
import { writeFileAtomic } from '../../util/atomic-file.ts';

export interface FoundModel {
  /** Of its folder. */
  readonly name: string;
  readonly bytes: number;
  /** When its file was written, ISO 8601. */
  readonly writtenAt: string;
}

export interface ModelFolders {
  /** Name of the model to serve. @throws {UsageError} SERVER_MODEL_CURRENT where nothing says which */
  chosen(): Promise<string>;
  /** @throws {ModelError} MODEL_NOT_FOUND for a name that no folder here has */
  dirOf(name: string): string;
  /** Resolves when the choice will outlive a loss of power. */
  choose(name: string): Promise<void>;
  /** By name. */
  list(): Promise<FoundModel[]>;
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A single model's folder. It is replaced in place, so that its name stays. */
export function singleFolder(dir: string): ModelFolders {
  const path = resolve(dir);
  const own = basename(path);
  return {
    chosen: () => Promise.resolve(own),
    dirOf: (name) => {
      if (name === own) return path;
      throw unknown('expected the one model that this server has; start it with a folder of models to choose among them');
    },
    choose: () => Promise.resolve(),
    list: () => found(dirname(path), [own]),
  };
}

/** Every folder in this one that holds a model. */
export function folderOfModels(dir: string): ModelFolders {
  const path = resolve(dir);
  const list = async (): Promise<FoundModel[]> => found(path, (await readdir(path)).filter((name) => namePattern.test(name)));
  return {
    chosen: async () => {
      const text = await readFile(join(path, 'current'), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      if (text !== null) return requireName(text.trim());
      const all = await namesIn(list, path);
      if (all.length === 1) return all[0] as string;
      const choice = all.length === 0 ? 'no model either' : `several models (${all.join(', ')})`;
      throw new UsageError(
        'SERVER_MODEL_CURRENT',
        `expected the file ${join(path, 'current')} to name the model to serve, found none and ${choice}; write a name into it`,
      );
    },
    dirOf: (name) => join(path, requireName(name)),
    choose: (name) => writeFileAtomic(join(path, 'current'), `${name}\n`),
    list,
  };
}

async function namesIn(list: () => Promise<FoundModel[]>, path: string): Promise<string[]> {
  try {
    return (await list()).map(({ name }) => name);
  } catch (cause) {
    throw new UsageError('SERVER_MODEL_CURRENT', `expected a folder of models at ${path}, found none that can be read`, { cause });
  }
}

async function found(parent: string, names: readonly string[]): Promise<FoundModel[]> {
  const all = await Promise.all(
    names.map(async (name): Promise<FoundModel[]> => {
      const file = await stat(join(parent, name, 'model.bin')).catch(() => null);
      return file?.isFile() === true ? [{ name, bytes: file.size, writtenAt: file.mtime.toISOString() }] : [];
    }),
  );
  return all.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

function requireName(name: string): string {
  if (namePattern.test(name)) return name;
  throw unknown('expected the name of a model: up to 64 letters, digits, ".", "_" and "-", the first a letter or digit');
}

function unknown(message: string): ModelError {
  return new ModelError('MODEL_NOT_FOUND', message);
}
