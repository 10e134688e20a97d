/**
 * A risk model as an ONNX file, to be scored where neither this package nor Node is.
 *
 * In       "features": [N, features] in the model's order, NaN where missing
 * Out      "forest_output": [N, 1], the mean leaf share; "risk": [N, 1], what the calibration map makes of it
 * Forms    tree-ensemble: the operator TreeEnsemble (ai.onnx.ml 5, 2024); classifier: TreeEnsembleClassifier, for older runtimes
 * Precision  double rows and thresholds as the forest has them, or float32: thresholds are rounded such that every float32 row goes its double's way.
 *          Where a caller rounds a double row to float32, a value next to a threshold may land on its other side
 * Choice   what is said of the model (name, hash, features in order, outcome, bands, whether its patients are made up) is in metadata_props; hashes
 *          of patients stay behind
 */
import { toldTraining, type ModelHeader, type RiskModel } from '../model/index.ts';
import { stableJson } from '../util/stable-json.ts';
import { calibrationGraph } from './calibration-graph.ts';
import { elementTypes, encodeOnnx, type GraphNode, type GraphValue, type OnnxModel, type RealType } from './onnx-format.ts';
import { classifierVersion, treeClassifier } from './tree-classifier.ts';
import { treeEnsemble } from './tree-ensemble.ts';

export type OnnxForm = 'tree-ensemble' | 'classifier';

export interface OnnxOptions {
  readonly form: OnnxForm;
  /** Of rows, thresholds and outputs. */
  readonly precision: RealType;
}

const features = 'features';
const forestOutput = 'forest_output';
const risk = 'risk';

/**
 * @param modelSha256  of model.bin, so that an answer can be traced to it
 * @returns            the bytes of an .onnx file; the same model gives the same bytes
 */
export function modelToOnnx({ header, forest }: RiskModel, modelSha256: string, { form, precision }: OnnxOptions): Uint8Array {
  const isEnsemble = form === 'tree-ensemble';
  const calibration = calibrationGraph(header.calibration, 'double_output', precision === 'double' ? risk : 'double_risk');
  const cast = (from: string, to: string, type: RealType): GraphNode => ({
    op: 'Cast',
    inputs: [from],
    outputs: [to],
    attributes: { to: { int: elementTypes[type] } },
  });
  const trees: GraphNode[] = isEnsemble
    ? [treeEnsemble(forest, precision, features, forestOutput), cast(forestOutput, 'double_output', 'double')]
    : [
        treeClassifier(forest, precision, features, ['label', 'scores']),
        // The operator's scores are float32, whatever it computes with.
        { op: 'Gather', inputs: ['scores', 'event_class'], outputs: ['score'], attributes: { axis: { int: 1 } } },
        cast('score', forestOutput, precision),
        cast('score', 'double_output', 'double'),
      ];
  const value = (name: string, words: string): GraphValue => ({ name, type: precision, dims: ['N', 1], words });
  return encodeOnnx({
    ...(isEnsemble ? { irVersion: 10, operators: { '': 21, 'ai.onnx.ml': 5 } } : classifierVersions(precision)),
    producer: { name: 'fhir-readmission-risk', version: header.codeVersion },
    name: header.name,
    words: wordsOf(header),
    metadata: metadataOf(header, modelSha256),
    nodes: [...trees, ...calibration.nodes, ...(precision === 'double' ? [] : [cast('double_risk', risk, 'float32')])],
    constants: { ...calibration.constants, ...(isEnsemble ? {} : { event_class: { type: 'int64', dims: [1], values: [1] } }) },
    inputs: [
      {
        name: features,
        type: precision,
        dims: ['N', forest.featureCount],
        words: 'features in the order of the metadata feature_names, NaN where missing',
      },
    ],
    outputs: [
      value(forestOutput, 'mean leaf share over the trees, in [0, 1]; not calibrated'),
      value(risk, 'calibrated risk, in (0, 1)'),
    ],
  });
}

/** The oldest versions that have every operator used. */
function classifierVersions(precision: RealType): Pick<OnnxModel, 'irVersion' | 'operators'> {
  return { irVersion: precision === 'double' ? 8 : 7, operators: { '': 13, 'ai.onnx.ml': classifierVersion[precision] } };
}

function wordsOf({ outcome, training }: ModelHeader): string {
  const madeUp = training.synthetic ? ' Trained on made-up patients: not for care.' : '';
  return `Risk of ${outcome.name} within ${outcome.horizonDays} days: ${outcome.description}.${madeUp}`;
}

function metadataOf(header: ModelHeader, modelSha256: string): Record<string, string> {
  const { name, codeVersion, createdAt, featureHash, baseRate, outcome, bands, calibration, cohort } = header;
  return {
    model_name: name,
    model_sha256: modelSha256,
    code_version: codeVersion,
    created_at: createdAt,
    feature_names: JSON.stringify(header.features.map((feature) => feature.name)),
    features: stableJson(header.features),
    feature_hash: featureHash,
    missing_values: 'NaN',
    outcome: stableJson(outcome),
    cohort: stableJson({ name: cohort.name, hash: cohort.hash }),
    training: stableJson(toldTraining(header)),
    base_rate: String(baseRate),
    bands: stableJson(bands),
    calibration: stableJson(calibration),
  };
}
