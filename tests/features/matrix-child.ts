/** The matrix in a process of its own, under the time zone of its environment; prints the zone and the hash. */
import { hospital } from './hospital.ts';
import { matrixHash } from './matrix-bytes.ts';
import { emptyWarehouse, matrixOf } from './matrix-of.ts';

const warehouse = await emptyWarehouse();
const matrix = await matrixOf(warehouse, hospital(11, 20));
warehouse.close();
process.stdout.write(`${new Date(2020, 6, 1).getTimezoneOffset()} ${matrixHash(matrix)}`);
