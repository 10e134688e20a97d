// Compiles the forest's kernels (src/forest/assembly, AssemblyScript) to WebAssembly and writes each as a module that holds its bytes, so that Node,
// worker threads, bundlers and browsers load them alike, without a file to find. Does nothing where the sources are as they were.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const sources = join(root, 'src', 'forest', 'assembly');
const generated = join(root, 'src', 'forest', 'generated');
const compiler = JSON.parse(readFileSync(join(root, 'node_modules', 'assemblyscript', 'package.json'), 'utf8')).version;
const common = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--initialMemory', '1', '--enable', 'simd'];
// Growing trees shares one memory among threads; scoring has a memory of its own and so runs where threads are not allowed.
const kernels = {
  trainer: ['--sharedMemory', '--maximumMemory', '65536', '--enable', 'threads'],
  scorer: ['--maximumMemory', '65536'],
};

/** Which sources a module was made of, and how. */
function fingerprint(flags) {
  const hash = createHash('sha256').update(JSON.stringify([flags, compiler]));
  const names = readdirSync(sources).filter((name) => name.endsWith('.ts'));
  for (const name of names.sort())
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(join(sources, name)))
      .update('\0');
  return hash.digest('hex');
}

async function compile(name, flags) {
  // Loaded only where something is to be compiled: it takes longer than finding out.
  const { default: asc } = await import('assemblyscript/asc');
  let bytes;
  const { error, stderr } = await asc.main(
    [join('src', 'forest', 'assembly', `${name}.ts`), '--outFile', 'out.wasm', '--baseDir', root, ...flags],
    {
      readFile: (file, base) => {
        const path = join(base, file);
        return existsSync(path) ? readFileSync(path, 'utf8') : null;
      },
      writeFile: (_file, contents) => {
        bytes = contents;
      },
      listFiles: (folder, base) => (existsSync(join(base, folder)) ? readdirSync(join(base, folder)) : null),
    },
  );
  if (error !== null) throw new Error(`${name}: ${stderr.toString()}`, { cause: error });
  // Every thread's instance would write its data again, over what lies in the shared memory.
  if (name === 'trainer' && hasDataSection(bytes)) {
    throw new Error(`${name}: expected no static data, found a data section`);
  }
  return Buffer.from(bytes);
}

/** Whether a module has section 11; each section is its number, its length (LEB128) and its bytes. */
function hasDataSection(bytes) {
  for (let at = 8; at < bytes.length;) {
    const section = bytes[at++];
    if (section === 11) return true;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += length;
  }
  return false;
}

/** @returns how many kernels were compiled */
export async function buildKernels() {
  mkdirSync(generated, { recursive: true });
  let compiled = 0;
  for (const [name, own] of Object.entries(kernels)) {
    const flags = [...common, ...own];
    const head = `// Made of src/forest/assembly by scripts/build-wasm.mjs. Sources ${fingerprint(flags)}\n`;
    const path = join(generated, `${name}-bytes.ts`);
    if (existsSync(path) && readFileSync(path, 'utf8').startsWith(head)) continue;
    const bytes = await compile(name, flags);
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, `${head}export const ${name}Bytes =\n  '${bytes.toString('base64')}';\n`);
    renameSync(fresh, path);
    compiled++;
  }
  return compiled;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildKernels();
