/**
 * The audit log of an API server: who asked for what, and how it was answered. Level `Metadata`, so no bodies.
 *
 * Promise: what was answered before the call is in what it resolves with; the log is written before the answer goes out.
 * Not promised: a line that a `kill -9` of the API server cut off.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export interface AuditEvent {
  readonly stage: 'ResponseStarted' | 'ResponseComplete' | 'Panic';
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number; readonly reason?: string; readonly message?: string };
  readonly stageTimestamp: string;
}

export function auditFlags(logPath: string): readonly string[] {
  const policy = fileURLToPath(new URL('audit-policy.yaml', import.meta.url));
  return [`--audit-policy-file=${policy}`, `--audit-log-path=${logPath}`];
}

/** Requests that were answered; of a watch, also one that goes on. */
export async function readAudit(logPath: string): Promise<readonly AuditEvent[]> {
  const text = await readFile(logPath, 'utf8');
  return text.split('\n').flatMap((line) => parseLine(line) ?? []);
}

/** `verb resource.group/subresource`, as a rule of RBAC allows it. */
export interface Permission {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
}

export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

export function permissionsOf(rules: readonly PolicyRule[]): readonly Permission[] {
  return rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource })))),
  );
}

export function permissionText({ verb, group, resource }: Permission): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}`;
}

/** What each request took, once. */
export function permissionsUsed(events: readonly AuditEvent[]): ReadonlySet<string> {
  return new Set(
    events.flatMap(({ verb, objectRef }) => {
      if (objectRef?.resource === undefined) return [];
      const { apiGroup = '', resource, subresource } = objectRef;
      const path = subresource === undefined ? resource : `${resource}/${subresource}`;
      return [permissionText({ verb, group: apiGroup, resource: path })];
    }),
  );
}

function parseLine(line: string): AuditEvent | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as AuditEvent);
  } catch {
    // Cut off when the API server was killed.
    return undefined;
  }
}
