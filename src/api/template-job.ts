/**
 * The job that runs a template, which is a NeuroJob with spec.suspend: what a hook of a rotation, a schedule and "run now" create.
 *
 * Promise: of the template's metadata only the labels for Kueue are taken. Its owners, annotations and finalizers are its own.
 */
import { KUEUE_LABEL_PREFIX } from './constants.ts';
import type { NeuroJob, NeuroJobSpec } from './v1/neuro-job.ts';

export interface TemplateCopy {
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: NeuroJobSpec;
}

/** Undefined where it is not suspended: then it is a job of its own, and no template. */
export function copyOfTemplate(template: {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> | undefined };
  readonly spec: NeuroJob['spec'];
}): TemplateCopy | undefined {
  const { suspend, cancel: _cancel, ...spec } = template.spec;
  if (suspend !== true) return undefined;
  const labels = Object.entries(template.metadata.labels ?? {}).filter(([name]) => name.startsWith(KUEUE_LABEL_PREFIX));
  return { labels: Object.fromEntries(labels), spec };
}
