// Takes out of dist what no source makes any longer: it would stay there, and be packed. After the build, not before: whoever runs the command
// meanwhile, or interrupts the build, has one that works.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

for (const entry of readdirSync('dist', { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  const name = relative('dist', path);
  if (!entry.isFile() || name.startsWith('web')) continue;
  const source = join('src', name);
  const compiled = source.replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts');
  if (!existsSync(source) && !existsSync(compiled)) rmSync(path);
}
