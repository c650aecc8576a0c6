/**
 * The audit log of an API server: who asked for what, and how it was answered. Level `Metadata`, so no bodies.
 *
 * Promise: what was answered before the call is in what it resolves with; the log is written before the answer goes out.
 * Not promised: a line that a `kill -9` of the API server cut off.
 */
import { open, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { defined } from '../../src/defined.ts';

const lineFeed = 10;

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

/** What was read of a log. Tests look at it again and again, and one that many files share has a hundred thousand lines. */
interface ReadLog {
  readonly inode: number;
  /** Up to the end of a line. */
  readonly bytes: number;
  readonly events: readonly AuditEvent[];
}

const logs = new Map<string, Promise<ReadLog>>();

/** Requests that were answered; of a watch, also one that goes on. Only what is new in the log is read. */
export async function readAudit(logPath: string): Promise<readonly AuditEvent[]> {
  const before = logs.get(logPath) ?? Promise.resolve({ inode: 0, bytes: 0, events: [] });
  const reading = before.then((log) => readOn(logPath, log));
  // A look that fails takes nothing away from the next one.
  logs.set(
    logPath,
    reading.catch(() => before),
  );
  return (await reading).events;
}

async function readOn(logPath: string, log: ReadLog): Promise<ReadLog> {
  const { ino: inode, size } = await stat(logPath);
  // The API server begins another file when one is full; a cluster can be made again under its name.
  const from = inode === log.inode && size >= log.bytes ? log.bytes : 0;
  const file = await open(logPath);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const whole = buffer.subarray(0, buffer.subarray(0, bytesRead).lastIndexOf(lineFeed) + 1);
    const events = whole
      .toString('utf8')
      .split('\n')
      .flatMap((line) => parseLine(line) ?? []);
    return { inode, bytes: from + whole.byteLength, events: [...log.events, ...events] };
  } finally {
    await file.close();
  }
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
    return line === '' ? undefined : withoutRest(JSON.parse(line) as AuditEvent);
  } catch {
    // Cut off when the API server was killed.
    return undefined;
  }
}

/** It is kept as long as the process lives. */
function withoutRest({
  stage,
  verb,
  requestURI,
  user: { username },
  objectRef,
  responseStatus,
  stageTimestamp,
}: AuditEvent): AuditEvent {
  return {
    stage,
    verb,
    requestURI,
    user: { username },
    stageTimestamp,
    ...defined({ objectRef, responseStatus }),
  };
}
