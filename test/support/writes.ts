/** Who wrote what, by the audit log. */
import type { AuditEvent } from './audit.ts';

const writingVerbs: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
/** Questions that are asked by POST, and Events, which tell of a change and are none. */
const noObjects: ReadonlySet<string> = new Set([
  'subjectaccessreviews',
  'selfsubjectaccessreviews',
  'selfsubjectrulesreviews',
  'tokenreviews',
  'events',
  'leases',
]);

/** A kubelet tells late how a Pod has ended. */
const nodes = 'system:node:';

/** `user verb resource/name`, of each request into one of these namespaces that changes something, but those of nodes. */
export function writesIn(
  events: readonly AuditEvent[],
  namespaces: readonly string[],
  sinceMs: number,
): readonly string[] {
  return events.flatMap(({ verb, objectRef, requestURI, user, stage, stageTimestamp }) => {
    const isWrite =
      stage === 'ResponseComplete' &&
      !user.username.startsWith(nodes) &&
      writingVerbs.has(verb) &&
      objectRef?.namespace !== undefined &&
      namespaces.includes(objectRef.namespace) &&
      !noObjects.has(objectRef.resource ?? '') &&
      !requestURI.includes('dryRun=All') &&
      Date.parse(stageTimestamp) >= sinceMs;
    if (!isWrite) return [];
    const resource = [objectRef.resource, objectRef.subresource].filter(Boolean).join('/');
    return [`${user.username} ${verb} ${resource} ${objectRef.name ?? ''}`];
  });
}
