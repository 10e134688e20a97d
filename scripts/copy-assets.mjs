// Copies what the compiler does not: SQL, ViewDefinitions and value sets lie beside the code that reads them.
import { cpSync, chmodSync, existsSync } from 'node:fs';

cpSync('src', 'dist', {
  recursive: true,
  filter: (path) => !/\.ts$/.test(path),
});
if (existsSync('dist/cli/main.js')) chmodSync('dist/cli/main.js', 0o755);
