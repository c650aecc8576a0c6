/** `neuro run …` for the clipboard, with a note about what it cannot say. Pure. */
import type { NeuroJob, SecretReference } from '../../../api/index.ts';
import { runCommandOf } from '../../../client/index.ts';
import type { CopyText } from '../parts/use-copy.ts';
import { texts } from '../texts.ts';

export function copiedCommand(
  job: Pick<NeuroJob, 'metadata' | 'spec'>,
  keyOf: (reference: SecretReference) => string | undefined,
): CopyText {
  const { namespace = '' } = job.metadata;
  const { line, lost } = runCommandOf(job, {
    namespace,
    withNamespace: true,
    keyOf: (reference) => keyOf(reference) ?? reference.name,
  });
  return lost.length === 0
    ? { text: line }
    : { text: line, note: `${texts.jobs.lost(lost)} ${texts.copy.manifestHasAll}` };
}
