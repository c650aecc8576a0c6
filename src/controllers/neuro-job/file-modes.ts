/**
 * Modes of the files of secrets, and the group that they get. Kubernetes gives these files to root. With an fsGroup it gives them to
 * that group, and adds read bits for owner and group to every mode, so a private key with mode 0400 would arrive as 0440. Pure.
 */
import { DEFAULT_FILE_MODE, OPEN_FILE_MODE } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import type { NamespaceView } from '../views.ts';
import type { WholeJob } from './facts.ts';
import { demandsNonRoot } from './security.ts';

/** The group of secret files where the job names none, so that any user of an image reads them: the usual one of images without root. */
const secretFilesGroup = 65_532;
/** What Kubernetes adds to every mode of a read-only volume with an fsGroup. */
const groupBits = 0o440;
const readBits = 0o444;
const rootReadBits = 0o400;

type Job = Pick<WholeJob, 'spec'>;
/** A hook of a rotation has files that the job does not name. */
interface Hook {
  readonly isHook?: boolean;
}

/** The fsGroup of the Pod: the job's, or ours where it changes nothing that the job asks for. */
export function fileGroupOf({ spec }: Job, { isHook = false }: Hook = {}): number | undefined {
  if (spec.securityContext?.fsGroup !== undefined) return spec.securityContext.fsGroup;
  const files = spec.files ?? [];
  // All files of a mounted claim would go to the group too.
  const hasClaim = spec.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined) ?? false;
  return (files.length === 0 && !isHook) || hasClaim || filesOf(spec).some(({ mode }) => isWidened(mode))
    ? undefined
    : secretFilesGroup;
}

/** The mode of files for which the job names none: every user of an image reads them. */
export function defaultModeOf(job: Job, hook?: Hook): number {
  return fileGroupOf(job, hook) === undefined ? OPEN_FILE_MODE : DEFAULT_FILE_MODE;
}

/** Why Kubernetes cannot give a file the mode that the job asks for; undefined where it can, as far as that can be known. */
export function fileModeProblem(job: Job, namespace: NamespaceView): string | undefined {
  const { fsGroup, runAsUser } = job.spec.securityContext ?? {};
  for (const { path, mode } of filesOf(job.spec)) {
    if (mode === undefined) continue;
    const octal = octalOf(mode);
    if (fsGroup !== undefined && isWidened(mode)) {
      return (
        `the file '${path}' cannot have mode ${octal}: with securityContext.fsGroup Kubernetes makes it ` +
        `${octalOf(mode | groupBits)}; leave fsGroup out, or give the mode ${octalOf(mode | groupBits)}`
      );
    }
    if (demandsNonRoot(job, namespace) && (mode & readBits & ~rootReadBits) === 0) {
      const user = runAsUser === undefined ? 'a user who is not root' : `user ${runAsUser}`;
      return (
        `the file '${path}' with mode ${octal} can be read by root alone, since Kubernetes gives files of secrets and ConfigMaps to root, ` +
        `and the job runs as ${user}; give the mode 0440 or 0444, or run as root`
      );
    }
  }
  return undefined;
}

/** The files from secrets and from ConfigMaps: Kubernetes treats them alike. */
function filesOf({
  files = [],
  volumes = [],
}: Job['spec']): readonly { readonly path: string; readonly mode?: number }[] {
  const ofConfigMaps = volumes.flatMap(({ mountPath, configMap }) =>
    (configMap?.items ?? []).map(({ path, mode }) => ({ path: `${mountPath}/${path}`, ...defined({ mode }) })),
  );
  return [...files, ...ofConfigMaps];
}

function isWidened(mode: number | undefined): boolean {
  return mode !== undefined && (mode | groupBits) !== mode;
}

function octalOf(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
