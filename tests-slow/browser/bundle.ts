/**
 * One script for browsers of an entry and all it imports.
 */
import { build } from 'esbuild';

export async function bundleOf(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
  });
  return outputFiles[0]!.text;
}
