/** The public interface of the kernel, which knows nothing of this operator. See docs/kernel.md. */
export { isAborted, untilAborted, whenAborted } from './abort.ts';
export { loadAccess, loadContexts, serverAddress, type Access, type Contexts, type LoadAccessOptions } from './auth.ts';
export type { Credentials, TlsMaterial } from './credentials.ts';
export { backoffDelayMs, type Backoff } from './backoff.ts';
export type { Cause, Lane } from './causes.ts';
export {
  KubeClient,
  pageLimit,
  type DeleteOptions,
  type ListOptions,
  type ListPage,
  type WriteOptions,
} from './client.ts';
export { PatientClock, patienceMs } from './patient-clock.ts';
export { longestDelayMs, pause, sleep, systemClock, type Clock } from './clock.ts';
export { TwoClocks, type Moment } from './two-clocks.ts';
export {
  Controller,
  type ControllerOptions,
  type Outcome,
  type Reconcile,
  type ReconcileContext,
  type ReconcileResult,
  type Requeue,
} from './controller.ts';
export { EventRecorder, type DropReason, type EventRecorderOptions } from './event-recorder.ts';
export { kubeEvents, type EventContent, type KubeEvent, type ObjectReference } from './events.ts';
export { KernelError, asError, isKernelError, kernelErrorCodes, type KernelErrorCode } from './errors.ts';
export { serveHealth, unhealthyWatches, unreadyParts, type HealthOptions, type WatchHealth } from './health.ts';
export { servePlain, type PlainServer } from './plain-server.ts';
export {
  maxHeaderBytes,
  type HttpConnections,
  type HttpPhase,
  type HttpRequest,
  type HttpResponse,
  type HttpTarget,
  type OpenHttp,
} from './http.ts';
export { Informer, type InformerOptions } from './informer.ts';
export { LeaderElector, type LeaderElectorOptions, type LeaderRole, type LeadingCallbacks } from './leader-election.ts';
export type { LeaseThreadData } from './lease-messages.ts';
export { ThreadedElector, type ThreadedElectorOptions } from './threaded-elector.ts';
export { leases, microTime, type Lease, type LeaseSpec } from './lease.ts';
export { createLogger, type Logger, type LoggerOptions, type LogLevel } from './logger.ts';
export { mergePatch } from './merge-patch.ts';
export { createMetrics, type Metrics, type MetricsOptions, type NotificationResult } from './metrics.ts';
export { nodeHttp } from './node-http.ts';
export {
  keyOf,
  refOf,
  type Json,
  type KubeObject,
  type ObjectKey,
  type ObjectMeta,
  type ObjectRef,
  type OwnerReference,
} from './objects.ts';
export { type Reflecting } from './reflector-group.ts';
export { Reflector, type ReflectorOptions } from './reflector.ts';
export { apiVersionOf, pathOf, type ResourceType } from './resource-type.ts';
export {
  selfSubjectAccessReviews,
  selfSubjectReviews,
  subjectAccessReviews,
  type AccessStatus,
  type ResourceAttributes,
  type ReviewType,
  type UserInfo,
} from './reviews.ts';
export { RecentMap } from './recent-map.ts';
export { replaceFile } from './replace-file.ts';
export { secureContextOf, type CredentialPart } from './secure-context.ts';
export { SecretValue } from './secret-value.ts';
export { Store, type Index, type StoreChange } from './store.ts';
export { TokenBucket, type TokenBucketOptions } from './token-bucket.ts';
export { TokenBuckets } from './token-buckets.ts';
export { ServerTime } from './server-time.ts';
export { statusError } from './transport-answer.ts';
export type { Requester, TransportRequest } from './transport-request.ts';
export { withTimeLimit } from './time-limit.ts';
export { Transport, type TransportOptions } from './transport.ts';
export { undiciHttp } from './undici-http.ts';
export { watchEvents, type WatchEvent } from './watch-stream.ts';
export { WorkQueue, type WorkItem } from './work-queue.ts';
export { parseYamlDocument, parseYamlDocuments } from './yaml-documents.ts';
