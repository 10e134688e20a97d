/**
 * The models of a server from its options: where they lie, and how one of them is made ready.
 */
import { UsageError } from '../../errors.ts';
import { readServedFolder } from '../model-loading.ts';
import { servedModel } from '../model-source.ts';
import { openEngine, type EngineOptions } from '../scoring-pool/open-engine.ts';
import { folderOfModels, singleFolder } from './model-folders.ts';
import { ServedModels, type LoadedModel } from './served-models.ts';

export interface ModelOptions extends Pick<EngineOptions, 'featureFolders' | 'workers'> {
  /** The model's folder; or `models`. */
  readonly model?: string | undefined;
  /** A folder of models; its file `current` names the one that is served. */
  readonly models?: string | undefined;
  /** Files of public keys, PEM: only a model that one of them signed is served. */
  readonly requireSigned?: readonly string[] | undefined;
}

/** @throws {UsageError} SERVER_OPTION, SERVER_MODEL_CURRENT; {ModelError} as readServedFolder and createScorer */
export async function openModels(options: ModelOptions, watch: EngineOptions['watch']): Promise<ServedModels> {
  const { model, models, requireSigned, featureFolders, workers } = options;
  if ((model === undefined) === (models === undefined)) {
    throw new UsageError('SERVER_OPTION', 'model, models: expected one of both, found both or none', { details: { option: 'model' } });
  }
  const folders = models === undefined ? singleFolder(model as string) : folderOfModels(models);
  return ServedModels.open(folders, async (dir): Promise<LoadedModel> => {
    const { folder, report } = await readServedFolder(dir, requireSigned);
    const engine = await openEngine(folder, { featureFolders, workers, watch });
    return { engine, served: servedModel(engine, folder, report) };
  });
}
