/**
 * `readmission export`: a model as a file that other tools read: ONNX, or the arrays of scikit-learn.
 */
import { Command, Option } from 'commander';
import { UsageError } from '../../errors.ts';
import type { RealType } from '../../interchange/index.ts';
import { writeFileAtomic } from '../../util/atomic-file.ts';
import { createTerminal } from '../terminal.ts';

const formats = ['onnx', 'onnx-classifier', 'scikit-learn'] as const;

interface ExportFlags {
  model: string;
  format: (typeof formats)[number];
  out: string;
  precision?: RealType;
  json?: boolean;
}

export function exportCommand(): Command {
  return new Command('export')
    .description('Write a model as a file that other tools read: ONNX, or JSON with the arrays of scikit-learn.')
    .requiredOption('--model <dir>', 'model folder')
    .addOption(
      new Option(
        '--format <name>',
        'onnx: TreeEnsemble (ai.onnx.ml 5); onnx-classifier: TreeEnsembleClassifier, for older runtimes; scikit-learn: JSON',
      )
        .choices(formats)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <file>', 'file to write, such as risk.onnx')
    .addOption(
      new Option(
        '--precision <type>',
        'of rows and thresholds in ONNX: float32 where a runtime has no double (default double)',
      ).choices(['double', 'float32']),
    )
    .option('--json', 'print what was written as one JSON line')
    .addHelpText(
      'after',
      '\nONNX: input "features" [N, features], NaN where missing; outputs "forest_output" and "risk" (calibrated), both [N, 1].\n' +
        'Rows that are rounded to float32 may lie on the other side of a threshold than they did.\n' +
        '\nExample:\n  readmission export --model models/natural --format onnx --out risk.onnx',
    )
    .action(run);
}

async function run(flags: ExportFlags): Promise<void> {
  const terminal = createTerminal(flags);
  if (flags.format === 'scikit-learn' && flags.precision !== undefined) {
    throw new UsageError('USAGE_EXPORT', '--precision: expected only with an ONNX format, found with scikit-learn; leave it out');
  }
  const { readModelFolder } = await import('../../model/index.ts');
  const { modelToDocument, modelToOnnx } = await import('../../interchange/index.ts');
  const { model, modelSha256 } = await readModelFolder(flags.model);
  const precision = flags.precision ?? 'double';
  const bytes =
    flags.format === 'scikit-learn'
      ? Buffer.from(`${JSON.stringify(modelToDocument(model, modelSha256))}\n`)
      : modelToOnnx(model, modelSha256, { form: flags.format === 'onnx' ? 'tree-ensemble' : 'classifier', precision });
  await writeFileAtomic(flags.out, bytes);
  const { trees } = model.header.forest;
  const features = model.header.features.length;
  terminal.result(
    { out: flags.out, format: flags.format, modelSha256, trees, features, bytes: bytes.length },
    `model ${model.header.name} (${modelSha256.slice(0, 12)}), ${trees} trees of ${features} features, written to ${flags.out} ` +
      `as ${flags.format}${flags.format === 'scikit-learn' ? '' : ` with ${precision} rows`}, ${bytes.length} bytes`,
  );
}
