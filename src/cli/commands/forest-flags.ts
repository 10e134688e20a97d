/**
 * Flags of the forest, and the options they make.
 */
import type { Command } from 'commander';
import type { ForestOptions } from '../../forest/index.ts';
import { oneOf, wholeNumber } from '../number-option.ts';

export interface ForestFlags {
  trees?: number;
  mtry?: number;
  minLeaf?: number;
  minLeafWeight?: number;
  maxDepth?: number;
  maxBins?: number;
  workers?: number;
  engine?: 'histogram' | 'ml-random-forest';
}

export function withForestFlags(command: Command): Command {
  return command
    .option('--trees <n>', 'trees of the forest (default 500)', wholeNumber(1, 10_000))
    .option('--mtry <n>', 'features tried at each split (default: root of their number)', wholeNumber(1, 10_000))
    .option('--min-leaf <n>', 'distinct discharges in a leaf at least (default 20)', wholeNumber(1, 1_000_000))
    .option('--min-leaf-weight <n>', 'drawn discharges in a leaf at least, each as often as drawn', wholeNumber(1, 1_000_000_000))
    .option('--max-depth <n>', 'depth of a tree at most (default 16)', wholeNumber(1, 64))
    .option('--max-bins <n>', 'cells that the values of a feature are sorted into at most (default 63)', wholeNumber(2, 255))
    .option('--workers <n>', 'threads; any number gives the same model', wholeNumber(1, 64))
    .option('--engine <name>', 'histogram, or ml-random-forest (small tables only)', oneOf(['histogram', 'ml-random-forest']));
}

export function forestOptions(flags: ForestFlags): Partial<ForestOptions> {
  return {
    ...(flags.trees === undefined ? {} : { trees: flags.trees }),
    ...(flags.mtry === undefined ? {} : { mtry: flags.mtry }),
    ...(flags.minLeaf === undefined ? {} : { minLeafRows: flags.minLeaf }),
    ...(flags.minLeafWeight === undefined ? {} : { minLeafWeight: flags.minLeafWeight }),
    ...(flags.maxBins === undefined ? {} : { maxBins: flags.maxBins }),
    ...(flags.maxDepth === undefined ? {} : { maxDepth: flags.maxDepth }),
    ...(flags.workers === undefined ? {} : { workers: flags.workers }),
    ...(flags.engine === undefined ? {} : { engine: flags.engine }),
  };
}
