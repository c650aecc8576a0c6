/**
 * Events of `events.k8s.io/v1`, as they are on the wire, and how we fill them in: pure.
 * The same thing happening again is one event with a series: {@link eventIdentity} says what "the same" is.
 */
import { hash } from 'node:crypto';
import { defined } from '../defined.ts';
import { microTime } from './lease.ts';
import type { KubeObject } from './objects.ts';
import type { ResourceType } from './resource-type.ts';

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
}

/** What happened. Only for a change that happened, with stable words, and never with a value. */
export interface EventContent {
  readonly type: 'Normal' | 'Warning';
  /** Why, one word in upper camel case, which programs may match. */
  readonly reason: string;
  /** What we did, one word in upper camel case. */
  readonly action: string;
  /** A sentence for people. */
  readonly note: string;
  readonly related?: ObjectReference;
}

export interface KubeEvent extends KubeObject {
  readonly eventTime?: string;
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
  readonly reportingController?: string;
  readonly reportingInstance?: string;
  readonly type?: string;
  readonly reason?: string;
  readonly action?: string;
  readonly note?: string;
  readonly regarding?: ObjectReference;
  readonly related?: ObjectReference;
}

export const kubeEvents: ResourceType<KubeEvent> = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
};

/** Limits of the API server's validation. */
const longestNoteBytes = 1024;
const longestWord = 128;
const longestObjectName = 253;
/** Events about cluster-scoped objects are kept here. */
const clusterScopedNamespace = 'default';

export function eventIdentity(regarding: ObjectReference, content: EventContent): string {
  const { apiVersion, kind, namespace, name, uid } = regarding;
  const { type, reason, action, note, related } = content;
  return JSON.stringify([apiVersion, kind, namespace, name, uid, type, reason, action, note, related?.uid]);
}

export function newEvent(
  regarding: ObjectReference,
  content: EventContent,
  reporter: { readonly controller: string; readonly instance: string; readonly nowMs: number },
): KubeEvent {
  return {
    metadata: {
      namespace: regarding.namespace ?? clusterScopedNamespace,
      name: nameOfEvent(regarding, content, reporter.nowMs),
    },
    eventTime: microTime(reporter.nowMs),
    reportingController: reporter.controller,
    reportingInstance: reporter.instance.slice(0, longestWord),
    type: content.type,
    reason: content.reason.slice(0, longestWord),
    action: content.action.slice(0, longestWord),
    note: cutToBytes(content.note, longestNoteBytes),
    regarding,
    ...defined({ related: content.related }),
  };
}

/** The same happening always gets the same name, so a write whose answer was lost can be repeated. */
function nameOfEvent(regarding: ObjectReference, content: EventContent, nowMs: number): string {
  const digits = hash('sha256', `${eventIdentity(regarding, content)}${String(nowMs)}`, 'hex').slice(0, 16);
  const suffix = `.${digits}`;
  // RBAC names may hold what an event's name must not.
  const base = regarding.name
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-')
    .replace(/^[.-]+/, '');
  return `${base.slice(0, longestObjectName - suffix.length).replace(/[.-]+$/, '') || 'event'}${suffix}`;
}

/** The text, cut to at most `limitBytes` of UTF-8, and never within a character. */
export function cutToBytes(text: string, limitBytes: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= limitBytes) return text;
  let end = limitBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
