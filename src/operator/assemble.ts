/** Puts the parts together that controllers need: what is watched, the sealing keys, the recorder. Nothing runs yet. */
import type { Fingerprint } from '../controllers/fingerprint.ts';
import { SealingKeys } from '../controllers/sealing-key/controller.ts';
import { watchAll } from '../controllers/watched.ts';
import {
  EventRecorder,
  systemClock,
  type Informer,
  type KubeClient,
  type KubeObject,
  type LeaderElector,
  type Logger,
  type Metrics,
} from '../kernel/index.ts';
import type { OperatorConfig } from './config.ts';
import type { OperatorOptions } from './options.ts';
import type { WiringDependencies } from './wiring.ts';

export type AnyInformer = Informer<KubeObject, KubeObject>;

export interface Assembled {
  readonly deps: WiringDependencies;
  readonly recorder: EventRecorder;
  /** Every watch, by the name that metrics and logs use. */
  readonly informers: ReadonlyMap<string, AnyInformer>;
}

export interface AssembleInput {
  readonly options: OperatorOptions;
  readonly config: OperatorConfig;
  readonly client: KubeClient;
  readonly elector: LeaderElector;
  readonly fingerprint: Fingerprint;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly onKeysChanged: () => void;
}

export function assemble({
  options,
  config,
  client,
  elector,
  fingerprint,
  metrics,
  log,
  onKeysChanged,
}: AssembleInput): Assembled {
  const clock = systemClock;
  const defaults = {
    clock,
    callbacks: (resource: string) => ({
      onError: (error: Error, attempt: number) => {
        metrics.watchFailed(resource);
        log.warn({ error, resource, attempt }, 'watching failed; it goes on');
      },
    }),
  };
  const watched = watchAll(client, fingerprint, { ...defaults, namespaces: options.namespaces });
  const sealingKeys = new SealingKeys({
    client,
    namespace: options.namespace,
    ...config.sealing,
    clock,
    isLeader: () => elector.isLeader(),
    defaults,
    onBadKey: (secretName, error) => log.error({ error, secretName }, 'a sealing key cannot be used'),
    onChange: onKeysChanged,
  });
  const recorder = new EventRecorder({
    client,
    reportingController: 'neu.ro/operator',
    reportingInstance: options.identity.slice(0, longestInstance),
    ...metrics.eventHooks,
  });
  const onConflict = (what: string): void => log.warn({ what }, 'not written');
  const informers = new Map(
    Object.entries({ ...watched, sealingKeys: sealingKeys.informer }).map(([name, informer]) => [
      name,
      informer as unknown as AnyInformer,
    ]),
  );
  return {
    deps: { client, watched, fingerprint, sealingKeys, recorder, clock, config, onConflict },
    recorder,
    informers,
  };
}

/** The API server's limit for an event's reportingInstance. */
const longestInstance = 128;
