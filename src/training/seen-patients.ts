/**
 * Which discharges are of patients a model has seen, and which of an equal id are of others.
 *
 * In      a model, a study of other records; whether ids are said to be of other patients than those of training
 * Choice  an equal id is an equal patient, whatever server or folder the records come from, unless the caller says that they are other
 *         patients: ids counted up from 1 coincide between hospitals. Those the model was recalibrated on stay the same patients: their site's
 *         records are the ones it is asked about later
 * Choice  the word of the caller is refused where it cannot be true: on the very records of training, on a server they came from, and
 *         where ids occur in both that are drawn at random (UUIDs and digests), for those do not coincide
 * Choice  whoever is left out or kept is counted
 */
import { CohortError } from '../errors.ts';
import { patientHash, saltOf, type ModelHeader } from '../model/index.ts';
import type { Study } from './study.ts';

export interface OtherPatients {
  /** Ids are of other patients than those of training, even where they are equal. */
  readonly otherPatients?: boolean;
}

/** What is told of it with every result. */
export interface SeenCounts {
  /** Discharges of patients whose ids occur in training, left out. */
  readonly seenLeftOut: number;
  /** Whether those could be other patients of equal ids: the records are not known to come from the same server, and no id of them is drawn at random. */
  readonly seenMayCoincide: boolean;
  /** Discharges of patients whose ids occur in training, kept since they were said to be others; null where nothing was said. */
  readonly sameIdsKept: number | null;
}

export interface SeenPatients extends SeenCounts {
  /** Rows of patients the model has not seen, ascending. */
  readonly unseen: Int32Array;
}

type Records = Pick<Study, 'manifestSha256'> & {
  readonly manifest: Pick<Study['manifest'], 'source'>;
  readonly matrix: Pick<Study['matrix'], 'rows' | 'patientIds'>;
};

/** @throws {CohortError} COHORT_SAME_PATIENTS where they were said to be others and cannot be */
export function seenPatients(header: ModelHeader, records: Records, { otherPatients = false }: OtherPatients = {}): SeenPatients {
  const { matrix } = records;
  const salt = saltOf(header);
  const trained = new Set(header.training.patientHashes);
  const recalibrated = new Set(header.parent?.patientHashes);
  const seenIn = new Map<string, 'training' | 'recalibration' | null>();
  for (const id of matrix.patientIds) {
    if (seenIn.has(id)) continue;
    const hash = patientHash(salt, id);
    seenIn.set(id, recalibrated.has(hash) ? 'recalibration' : trained.has(hash) ? 'training' : null);
  }
  const rows = [...Array(matrix.rows).keys()];
  const of = (row: number): string => matrix.patientIds[row] as string;
  const inTraining = rows.filter((row) => seenIn.get(of(row)) === 'training');
  const random = new Set(inTraining.map(of).filter(isDrawnAtRandom)).size;
  const server = sourceHash(salt, records.manifest);
  const sameServer = server !== undefined && server === header.training.sourceHash;
  if (otherPatients) requireOthers(header, records.manifestSha256, sameServer, random);
  const unseen = rows.filter((row) => {
    const where = seenIn.get(of(row));
    return where === null || (where === 'training' && otherPatients);
  });
  return {
    unseen: Int32Array.from(unseen),
    seenLeftOut: matrix.rows - unseen.length,
    seenMayCoincide: !otherPatients && inTraining.length > 0 && !sameServer && random === 0,
    sameIdsKept: otherPatients ? inTraining.length : null,
  };
}

/** Of the server that records came from, as a header tells it; undefined where they came from none. */
export function sourceHash(salt: string, { source }: Records['manifest']): string | undefined {
  return source.url === undefined ? undefined : patientHash(salt, source.url.replace(/\/+$/, ''));
}

/** UUIDs, and digests of 32 hex digits or more. */
function isDrawnAtRandom(patientId: string): boolean {
  return /(^|[/:])([0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32,})$/i.test(patientId);
}

function requireOthers(
  { parent, training }: Pick<ModelHeader, 'parent' | 'training'>,
  manifestSha256: string,
  sameServer: boolean,
  random: number,
): void {
  const found =
    manifestSha256 === training.manifestSha256
      ? 'the very records it was trained on'
      : sameServer
        ? 'records of the server that its training records came from'
        : random > 0
          ? `${random} patients whose ids occur in training and are UUIDs or digests, which do not coincide by chance`
          : parent !== undefined && parent.patientHashes === undefined
            ? 'a model that does not keep those it was recalibrated on apart from those it was trained on'
            : undefined;
  if (found === undefined) return;
  throw new CohortError(
    'COHORT_SAME_PATIENTS',
    `expected patients whose ids can be other patients' than those of training, found ${found}; leave --other-patients out`,
  );
}
