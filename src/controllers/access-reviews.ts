/**
 * Asks the API server (SubjectAccessReview) whether a job may use a secret, or a namespace may keep a copy of it. Requests are limited for each
 * namespace that asks.
 *
 * Promises:
 * - An answer is never older than its question.
 * - Equal questions share one request. Those that come while it is under way share the next one, so a burst of jobs with one secret asks only
 *   as often as the API server answers.
 * - A question that waits for its turn takes an answer that arrives meanwhile, unless something that gives or takes access changed after that
 *   answer or just before it (`forget`).
 * - Namespaces take turns. Each has at most `mostInFlight / 4` requests at a time, and `reviewsPerSecond` in the long run.
 */
import { GROUP, KINDS, VERB_COPY, VERB_USE } from '../api/index.ts';
import {
  TokenBucket,
  TwoClocks,
  subjectAccessReviews,
  untilAborted,
  type Clock,
  type KubeClient,
  type Moment,
} from '../kernel/index.ts';
import { refKey, type SecretRef } from './secret-refs.ts';
import type { Identity } from './subjects.ts';

/** Requests at a time: as many as the API server answers in some 10 ms. */
const mostInFlight = 32;
const mostInFlightPerNamespace = mostInFlight / 4;
/** Requests of one namespace: enough for thirty jobs at once with the most secrets that a job can have, and then for about six a second. */
const burst = 1_000;
const reviewsPerSecond = 200;

type Asker = Identity & { readonly namespace: string };

interface Question {
  readonly verb: string;
  readonly asker: Asker;
  readonly ref: SecretRef;
  readonly promise: Promise<boolean>;
  readonly resolve: (isAllowed: boolean) => void;
  readonly reject: (error: unknown) => void;
}

interface Answer {
  readonly isAllowed: boolean;
  readonly sent: Moment;
  /** The value of `#epoch` when it was sent. */
  readonly epoch: number;
}

interface Asking {
  readonly waiting: Map<string, Question>;
  /** Keys of questions that were sent. Invariant: at most one request for each key. */
  readonly sent: Set<string>;
  /** Recent answers. */
  readonly answers: Map<string, Answer>;
  readonly bucket: TokenBucket;
  /** A timer is set for when the bucket has a token again. */
  isPaused: boolean;
  lastAskedMs: number;
}

/** Longer than an empty bucket takes to fill, so that to forget it gives nothing away. */
const forgottenAfterMs = (burst / reviewsPerSecond) * 1000 * 2;
/** Namespaces that are remembered before idle ones are forgotten. */
const fewNamespaces = 64;
/** An answer counts for no longer, because access can change without an event that the operator watches. */
const answerLastsMs = 5_000;
/** For this time after a change, the API server may still answer by the former state. Such an answer counts only for the question it was for. */
const settledAfterMs = 1_000;
/** Answers kept for one namespace: a few times the secrets of a large job. When there are more, all are forgotten. */
const mostAnswers = 128;

interface AccessReviewsOptions {
  readonly client: Pick<KubeClient, 'review'>;
  readonly clock: Clock;
  /** Called when a namespace has to wait because of its bound. */
  readonly onBound?: (bound: string) => void;
}

export class AccessReviews {
  readonly #options: AccessReviewsOptions;
  readonly #clocks: TwoClocks;
  readonly #namespaces = new Map<string, Asking>();
  /** Namespaces with questions that wait, in the order of their turns. */
  readonly #turns = new Set<string>();
  #inFlight = 0;
  /** Answers of questions that were sent before the last `forget` are not believed. */
  #epoch = 0;
  #forgotMs = -Infinity;

  constructor(options: AccessReviewsOptions) {
    this.#options = options;
    this.#clocks = new TwoClocks(options.clock);
  }

  /** Whether the asker holds `use` on that UserSecret. `sinceMs`, by the steady clock: an answer to a question that was sent later is good enough. */
  mayUse(asker: Asker, ref: SecretRef, signal: AbortSignal, sinceMs?: number): Promise<boolean> {
    return this.#ask(VERB_USE, asker, ref, signal, sinceMs);
  }

  /** Whether the asker holds `copy` on that UserSecret. */
  mayCopy(asker: Asker, ref: SecretRef, signal: AbortSignal, sinceMs?: number): Promise<boolean> {
    return this.#ask(VERB_COPY, asker, ref, signal, sinceMs);
  }

  /** Something changed that may give or take access: what was answered before is not believed any more. */
  forget(): void {
    this.#epoch += 1;
    this.#forgotMs = this.#options.clock.steadyNow();
  }

  #ask(verb: string, asker: Asker, ref: SecretRef, signal: AbortSignal, sinceMs = Infinity): Promise<boolean> {
    signal.throwIfAborted();
    const { waiting, answers } = this.#askingOf(asker.namespace);
    const key = `${verb} ${asker.user} ${refKey(ref)}`;
    const answer = answers.get(key);
    if (answer !== undefined && answer.sent.steadyMs > sinceMs && this.#isBelieved(answer))
      return Promise.resolve(answer.isAllowed);
    let question = waiting.get(key);
    if (question === undefined) {
      question = { verb, asker, ref, ...Promise.withResolvers<boolean>() };
      // The caller may no longer wait when it fails.
      question.promise.catch(() => undefined);
      waiting.set(key, question);
      this.#turns.add(asker.namespace);
      this.#pump();
    }
    return untilAborted(question.promise, signal);
  }

  #askingOf(namespace: string): Asking {
    const { clock } = this.#options;
    let asking = this.#namespaces.get(namespace);
    if (asking === undefined) {
      if (this.#namespaces.size >= fewNamespaces) this.#forgetIdle();
      const bucket = new TokenBucket({ burst, refillEveryMs: 1000 / reviewsPerSecond, clock });
      asking = {
        waiting: new Map(),
        sent: new Set(),
        answers: new Map(),
        bucket,
        isPaused: false,
        lastAskedMs: clock.steadyNow(),
      };
      this.#namespaces.set(namespace, asking);
    }
    asking.lastAskedMs = clock.steadyNow();
    return asking;
  }

  #forgetIdle(): void {
    const beforeMs = this.#options.clock.steadyNow() - forgottenAfterMs;
    for (const [namespace, { waiting, sent, lastAskedMs }] of this.#namespaces) {
      if (waiting.size === 0 && sent.size === 0 && lastAskedMs < beforeMs) this.#namespaces.delete(namespace);
    }
  }

  /** Sends what may be sent now, a question of each namespace in turn. */
  #pump(): void {
    let isSent = true;
    while (isSent) {
      isSent = false;
      for (const namespace of [...this.#turns]) {
        if (this.#inFlight >= mostInFlight) return;
        const asking = this.#namespaces.get(namespace);
        if (asking === undefined || asking.isPaused || asking.sent.size >= mostInFlightPerNamespace) continue;
        const next = nextOf(asking);
        if (next === undefined) continue;
        if (!asking.bucket.take()) {
          this.#pause(asking);
          continue;
        }
        this.#turns.delete(namespace);
        this.#send(asking, ...next);
        if (asking.waiting.size > 0) this.#turns.add(namespace);
        isSent = true;
      }
    }
  }

  #send(asking: Asking, key: string, { verb, asker, ref, resolve, reject }: Question): void {
    asking.waiting.delete(key);
    asking.sent.add(key);
    this.#inFlight += 1;
    const { namespace, name } = ref;
    const resourceAttributes = { verb, group: GROUP, resource: KINDS.UserSecret.plural, namespace, name };
    const { user, groups } = asker;
    const [sent, epoch] = [this.#clocks.moment(), this.#epoch];
    void this.#options.client
      .review(subjectAccessReviews, { user, groups, resourceAttributes })
      .then(({ allowed: isAllowed }) => {
        if (asking.answers.size >= mostAnswers) asking.answers.clear();
        asking.answers.set(key, { isAllowed, sent, epoch });
        resolve(isAllowed);
      }, reject)
      .finally(() => {
        asking.sent.delete(key);
        this.#inFlight -= 1;
        this.#pump();
      });
  }

  /** The older of both clocks counts: the steady one may stand still while the machine sleeps. */
  #isBelieved({ sent, epoch }: Answer): boolean {
    const isYoung = this.#clocks.longestSince(sent) < answerLastsMs;
    return isYoung && epoch === this.#epoch && sent.steadyMs - this.#forgotMs >= settledAfterMs;
  }

  #pause(asking: Asking): void {
    asking.isPaused = true;
    this.#options.onBound?.('access_reviews');
    this.#options.clock.schedule(() => {
      asking.isPaused = false;
      this.#pump();
    }, 1000 / reviewsPerSecond);
  }
}

/** The question that has waited longest, of those that are not under way already. */
function nextOf({ waiting, sent }: Asking): readonly [key: string, question: Question] | undefined {
  for (const [key, question] of waiting) if (!sent.has(key)) return [key, question];
  return undefined;
}
