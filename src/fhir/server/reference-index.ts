/**
 * For one reference parameter, the rows that point to each resource; made by one pass over the type when first needed.
 */
import { KeyTable } from './key-table.ts';
import { PostingListsBuilder, type PostingLists } from './posting-lists.ts';
import { referencesAt } from './references.ts';
import type { ResourceStore } from './resource-store.ts';
import type { ReferenceParameter } from './search-parameters.ts';
import { patientElementOf } from './search-parameters.ts';

/** Rows worked on between two looks at other requests. */
const sliceRows = 1000;

interface Index {
  readonly keys: KeyTable;
  readonly lists: PostingLists;
}

export class ReferenceIndexes {
  private readonly store: ResourceStore;
  private readonly made = new Map<string, Promise<Index>>();

  constructor(store: ResourceStore) {
    this.store = store;
  }

  /** True where `rowsOf` needs no pass over the type: references to patients are indexed at the start. */
  isReady(type: string, name: string, parameter: ReferenceParameter, key: string): boolean {
    return this.patientIndexAnswers(type, parameter, key) || this.made.has(`${type}:${name}`);
  }

  /** Rows of `type` that point to `key` ("Type/id") by this parameter, ascending. */
  async rowsOf(type: string, name: string, parameter: ReferenceParameter, key: string): Promise<Int32Array> {
    if (this.patientIndexAnswers(type, parameter, key)) {
      return key.startsWith('Patient/') ? this.store.rowsOfPatient(key.slice(8), type) : new Int32Array(0);
    }
    const id = `${type}:${name}`;
    let index = this.made.get(id);
    if (index === undefined) {
      index = this.make(type, parameter);
      this.made.set(id, index);
    }
    const { keys, lists } = await index;
    const group = keys.find(Buffer.from(key, 'utf8'));
    return group === -1 ? new Int32Array(0) : lists.list(group);
  }

  private patientIndexAnswers(type: string, parameter: ReferenceParameter, key: string): boolean {
    if (parameter.paths.length !== 1 || parameter.paths[0] !== patientElementOf(type)) return false;
    return key.startsWith('Patient/') || !this.store.otherSubjects.has(type);
  }

  private async make(type: string, parameter: ReferenceParameter): Promise<Index> {
    const keys = new KeyTable();
    const builder = new PostingListsBuilder();
    const { first, end } = this.store.rangeOf(type);
    for (let row = first; row < end; row += 1) {
      if ((row - first) % sliceRows === sliceRows - 1) await otherRequests();
      for (const key of new Set(referencesAt(this.store.parse(row), parameter.paths, this.store.bases))) {
        builder.add(keys.intern(Buffer.from(key, 'utf8')), row);
      }
    }
    return { keys, lists: builder.build(keys.size) };
  }
}

/** Lets other requests be answered between two slices of a long pass. */
export function otherRequests(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
