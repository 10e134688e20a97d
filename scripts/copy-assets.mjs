// Copies what the compiler does not: SQL, ViewDefinitions and value sets lie beside the code that reads them. Then links the command, so
// that `npx readmission` works from a checkout.
import { chmodSync, cpSync, existsSync, rmSync, symlinkSync } from 'node:fs';

cpSync('src', 'dist', { recursive: true, filter: (path) => !/\.ts$|-source\.mjs$|assembly$|^src\/web$/.test(path) });
chmodSync('dist/cli/main.js', 0o755);
if (existsSync('node_modules/.bin')) {
  rmSync('node_modules/.bin/readmission', { force: true });
  symlinkSync('../../dist/cli/main.js', 'node_modules/.bin/readmission');
}
