/** Entries as routes make them, and disks that fail where a test wants. */
import type { AuditEntry } from '../../../src/server/index.ts';
import { realDisk, type Disk, type DiskFile } from '../../../src/server/audit/disk.ts';

const model = { name: 'tiny', sha256: 'aa'.repeat(32) };

export function entry(requestId: string, more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    action: 'score',
    outcome: 'success',
    code: null,
    requestId,
    route: 'POST /v1/score',
    principal: { subject: 'dr-1', issuer: 'https://id.example', client: 'ward-app', tenant: null, patient: null },
    patients: ['Patient/p1'],
    encounter: 'Encounter/e1',
    model,
    scores: [{ encounter: 'Encounter/e1', risk: 0.25, band: 'high' }],
    ...more,
  };
}

export type DiskCall =
  'open' | 'write' | 'sync' | 'truncate' | 'file.stat' | 'close' | 'stat' | 'list' | 'makeFolder' | 'syncFolder';

function fault(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/**
 * @param fails  asked before each call; an errno lets it fail, and `after:` before it lets it fail once its work is done
 */
export function faultyDisk(fails: (call: DiskCall) => string | null): Disk {
  const through = async <T>(call: DiskCall, work: () => Promise<T>): Promise<T> => {
    const code = fails(call);
    if (code === null) return work();
    if (code.startsWith('after:')) await work();
    throw fault(code.replace('after:', ''));
  };
  const wrapped = (file: DiskFile): DiskFile => ({
    write: async (bytes) => {
      const code = fails('write');
      if (code === null) return file.write(bytes);
      // A disk that fills up takes a part first.
      await file.write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
      throw fault(code.replace('after:', ''));
    },
    sync: () => through('sync', () => file.sync()),
    truncate: (length) => through('truncate', () => file.truncate(length)),
    stat: () => through('file.stat', () => file.stat()),
    close: () => through('close', () => file.close()),
  });
  return {
    open: async (path, mode) => {
      const code = fails('open');
      if (code === null) return wrapped(await realDisk.open(path, mode));
      if (code.startsWith('after:')) await (await realDisk.open(path, mode)).close();
      throw fault(code.replace('after:', ''));
    },
    stat: (path) => through('stat', () => realDisk.stat(path)),
    list: (folder) => through('list', () => realDisk.list(folder)),
    read: realDisk.read,
    makeFolder: (path) => through('makeFolder', () => realDisk.makeFolder(path)),
    syncFolder: (path) => through('syncFolder', () => realDisk.syncFolder(path)),
  };
}
