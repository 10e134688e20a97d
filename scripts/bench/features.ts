/**
 * What features cost: from a landing folder to the matrix, flat tables and cohort included.
 *
 * Usage  npx tsx scripts/bench/features.ts [LANDING_FOLDER synthea-data] [--repeat 3] [--json]
 * Prints  CPU and wall seconds of the least of the repeats, discharges and feature values a second
 * Choice  every feature of the catalogue; CPU is that of the whole process, all threads of DuckDB
 */
import { parseArgs } from 'node:util';
import { openStudy } from '../../src/training/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { repeat: { type: 'string', default: '3' }, json: { type: 'boolean', default: false } },
});
const [landing = 'synthea-data'] = positionals;
let least = { cpuS: Infinity, wallS: Infinity };
let size = { rows: 0, features: 0 };
for (let i = 0; i < Number(values.repeat); i += 1) {
  const before = process.cpuUsage();
  const start = performance.now();
  const { matrix } = await openStudy(landing);
  const wallS = (performance.now() - start) / 1e3;
  const { user, system } = process.cpuUsage(before);
  least = { cpuS: Math.min(least.cpuS, (user + system) / 1e6), wallS: Math.min(least.wallS, wallS) };
  size = { rows: matrix.rows, features: matrix.columns.length };
}
const cells = size.rows * size.features;
console.log(
  values.json
    ? JSON.stringify({ ...size, ...least })
    : `${size.rows} discharges x ${size.features} features: ${least.cpuS.toFixed(2)} s CPU, ${least.wallS.toFixed(2)} s wall; ` +
        `${Math.round(size.rows / least.wallS)} discharges/s, ${Math.round(cells / least.wallS)} feature values/s`,
);
