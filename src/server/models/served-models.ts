/**
 * The model that answers, and how another takes its place while requests go on.
 *
 * Choice  the other is read, checked and warm before it is asked anything, and takes its place by one assignment: a request that took the old
 *         one keeps it to its end
 * Choice  one that is refused changes nothing, and is told by its own error
 * Choice  one change at a time: of two that overlap, nobody could say which was meant to be the last
 */
import { RequestRefusal } from '../operation-outcome.ts';
import type { ModelSource, ServedModel } from '../model-source.ts';
import type { OpenEngine } from '../scoring-pool/open-engine.ts';
import type { FoundModel, ModelFolders } from './model-folders.ts';

export interface LoadedModel {
  readonly served: ServedModel;
  readonly engine: OpenEngine;
}

/** From a checked folder; its engine may still be warming up. */
export type LoadModel = (dir: string) => Promise<LoadedModel>;

/** A model that is ready to take over. Exactly one of both has to be called. */
export interface PreparedModel {
  readonly name: string;
  readonly model: ServedModel;
  /** The model that answers until then. */
  readonly before: ServedModel;
  takeOver(): void;
  /** Leaves everything as it was. */
  discard(): Promise<void>;
}

export class ServedModels implements ModelSource {
  readonly #folders: ModelFolders;
  readonly #load: LoadModel;
  #now: LoadedModel;
  #name: string;
  #isChanging = false;
  #isClosed = false;

  private constructor(folders: ModelFolders, load: LoadModel, name: string, now: LoadedModel) {
    this.#folders = folders;
    this.#load = load;
    this.#name = name;
    this.#now = now;
  }

  /** @throws as the folders and `load`; the engine of the first model may still be warming up */
  static async open(folders: ModelFolders, load: LoadModel): Promise<ServedModels> {
    const name = await folders.chosen();
    return new ServedModels(folders, load, name, await load(folders.dirOf(name)));
  }

  current(): ServedModel {
    return this.#now.served;
  }

  /** Resolves when the first model is warm. */
  get ready(): Promise<void> {
    return this.#now.engine.ready;
  }

  /** Of the folder that is served. */
  get name(): string {
    return this.#name;
  }

  list(): Promise<FoundModel[]> {
    return this.#folders.list();
  }

  /**
   * @param name  undefined: what the folders say now
   * @throws {RequestRefusal} SERVER_BUSY during another change; what reading, checking and warming up throw: the model of before stays
   */
  async prepare(name?: string): Promise<PreparedModel> {
    if (this.#isChanging) throw new RequestRefusal('SERVER_BUSY', 'expected one change of the model at a time; try again');
    this.#isChanging = true;
    let loaded: LoadedModel | undefined;
    try {
      const chosen = name ?? (await this.#folders.chosen());
      const next = (loaded = await this.#load(this.#folders.dirOf(chosen)));
      await next.engine.ready;
      if (this.#isClosed) throw new RequestRefusal('SERVER_STOPPING', 'expected to change the model, found the server stopping');
      const former = this.#name;
      if (name !== undefined) await this.#folders.choose(chosen);
      return {
        name: chosen,
        model: next.served,
        before: this.#now.served,
        takeOver: () => {
          const { engine } = this.#now;
          this.#now = next;
          this.#name = chosen;
          this.#isChanging = false;
          engine.retire();
          if (this.#isClosed) void next.engine.close();
        },
        discard: async () => {
          try {
            if (name !== undefined) await this.#folders.choose(former);
          } finally {
            this.#isChanging = false;
            await next.engine.close();
          }
        },
      };
    } catch (error) {
      this.#isChanging = false;
      await loaded?.engine.close();
      throw error;
    }
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#now.engine.close();
  }
}
