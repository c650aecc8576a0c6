/** Messages to the administrator's webhook, where the configuration has one: what they say, how often they are sent, and where a failure shows. */
import type { Watched } from '../../controllers/watched.ts';
import type { Clock, KubeClient, Logger, Metrics } from '../../kernel/index.ts';
import type { OperatorConfig } from '../config.ts';
import { LogBudget } from '../log-budget.ts';
import { followAccessEndings } from './access-endings.ts';
import { ofJobChange, type Notification } from './messages.ts';
import { Notifier } from './notifier.ts';
import { Webhook } from './webhook.ts';

interface NotifyOptions {
  readonly config: NonNullable<OperatorConfig['notifications']>;
  readonly watched: Pick<Watched, 'neuroJobs' | 'secretGrants'>;
  readonly client: KubeClient;
  readonly namespace: string;
  readonly metrics: Pick<Metrics, 'notificationEnded'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}

interface Notifying {
  /** Reads addresses until `signal` is aborted. */
  follow(signal: AbortSignal): Promise<void>;
  /** Sends while this replica leads. */
  lead(signal: AbortSignal): Promise<void>;
}

export function createNotifying(options: NotifyOptions): Notifying {
  const { config, watched, metrics, clock, log } = options;
  const budget = new LogBudget(clock);
  const warn = (key: string, fields: object, message: string): void => {
    const suppressed = budget.take(key);
    if (suppressed !== undefined) log.warn({ ...fields, suppressed }, message);
  };
  const webhook = new Webhook({
    folder: config.webhookFolder,
    clock,
    onBadUrl: (problem) => warn(problem, { problem }, 'an address of the webhook cannot be used'),
  });
  const notifier = new Notifier({
    hasReceiver: (namespace) => webhook.hasReceiver(namespace),
    send: (message, signal) => webhook.send(message, signal),
    onResult: metrics.notificationEnded,
    onProblem: (namespace, why) => warn(namespace, { namespace, why }, 'a message to the webhook was not taken'),
    clock,
  });
  const push = (message: Notification): void => {
    if (config.events.includes(message.event)) notifier.push(message);
  };
  watched.neuroJobs.store.onChange((change) => {
    const message = ofJobChange(change);
    if (message !== undefined) push(message);
  });
  return {
    follow: (signal) => webhook.follow(signal),
    lead: async (signal) => {
      notifier.start(signal);
      // The first look needs the grants, and somebody to tell.
      await Promise.all([watched.secretGrants.reflector.whenSynced(), webhook.read()]);
      if (signal.aborted) return;
      await followAccessEndings({ ...options, grants: () => watched.secretGrants.store.values(), push }, signal);
    },
  };
}
