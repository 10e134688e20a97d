// Bundles the page (src/web) into dist/web: one document, one script, one style sheet, their names by content. Nothing is written into the document
// itself and nothing is fetched from elsewhere, so that the strictest content policy holds.
import { gzipSync } from 'node:zlib';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** The most that the scripts of the page may weigh, bytes before compression. */
const MOST = 350_000;

/**
 * Plot can draw maps, this page draws none: what it would need for them, a sixth of its weight, is left out. Whoever draws one is told.
 */
const withoutMaps = {
  name: 'without-maps',
  enforce: 'pre',
  async resolveId(id, importer) {
    if (id !== 'd3-geo') return null;
    const { id: path } = await this.resolve(id, importer, { skipSelf: true });
    return `\0maps:${path}`;
  },
  async load(id) {
    if (!id.startsWith('\0maps:')) return null;
    const names = Object.keys(await import(pathToFileURL(id.slice('\0maps:'.length)).href));
    // One transform is made when Plot is loaded, whether a map is drawn or not.
    const head = `const absent = () => { throw new Error('this page was built without maps'); };\nconst idle = (methods) => methods;`;
    return [head, ...names.map((name) => `export const ${name} = ${name === 'geoTransform' ? 'idle' : 'absent'};`)].join('\n');
  },
};

/** @param outDir  folder that is emptied and written */
export async function buildWeb(outDir = join(root, 'dist', 'web')) {
  await build({
    root: join(root, 'src', 'web'),
    configFile: false,
    publicDir: false,
    base: './',
    plugins: [withoutMaps],
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      rollupOptions: {
        output: {
          hashCharacters: 'hex',
          entryFileNames: 'assets/page-[hash].js',
          chunkFileNames: 'assets/part-[hash].js',
          assetFileNames: 'assets/[name]-[hash][extname]',
        },
      },
    },
  });
  const scripts = readdirSync(join(outDir, 'assets'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(outDir, 'assets', name)));
  const bytes = scripts.reduce((sum, { length }) => sum + length, 0);
  if (bytes > MOST) throw new Error(`expected scripts of at most ${MOST} bytes, found ${bytes}; what was added to the page?`);
  return { bytes, gzipped: scripts.reduce((sum, script) => sum + gzipSync(script).length, 0) };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { bytes, gzipped } = await buildWeb();
  console.log(`dist/web: ${bytes} bytes of script, ${gzipped} compressed`);
}
