/**
 * How often somebody without a session may try to get one. Failures are counted, by address; a browser in which somebody has logged in before
 * is counted by that user instead. So a flood of logins stops nobody else: neither people at other addresses, nor those
 * behind the same proxy who have been here before.
 */
import { RecentMap, TokenBucket, type Clock } from '../../../kernel/index.ts';
import { ConsoleError } from '../errors.ts';
import { RequestGate, withoutBodies } from '../proxy/request-gate.ts';

/** Failed logins of one address or known user: an office behind one address has mistyped and expired tokens. Guessing a token takes 2^100 tries. */
const failures = { burst: 20, refillEveryMs: 3_000 };
/** Started logins of one address. A start costs the console a signature, and the provider nothing. */
const starts = { burst: 60, refillEveryMs: 500 };
/** Addresses that are remembered, each some 200 bytes. A forgotten address begins with a full burst. */
const maxRemembered = 10_000;
/** Concurrent requests to the API server about tokens of unknown browsers. */
const maxUnderWay = 64;
/** Limits for known browsers, whose users take turns instead. The limit of failures also bounds how many logins wait. */
const ofKnown = { requests: 32, requestsOfUser: 8, requestsOfEach: 2, ...withoutBodies };

export interface Attempt {
  /** Asks about the token, in turn. Rejects with `TooManyRequests`, without a failure, where too many others are asked about. */
  ask<T>(question: () => Promise<T>): Promise<T>;
  /** Takes it off the count: it succeeded, or failed by no fault of who tried. */
  forgive(): void;
}

export interface Client {
  /** See `networkOf`. */
  readonly address: string;
  /** The user that this browser was last logged in as, by a cookie of ours. */
  readonly knownUser: string | undefined;
}

export class LoginLimits {
  readonly #tokens: Buckets;
  readonly #starts: Buckets;
  readonly #callbacks: Buckets;
  readonly #known: RequestGate;
  #underWay = 0;

  constructor({ clock }: { readonly clock: Clock }) {
    this.#tokens = new Buckets({ ...failures, clock });
    this.#callbacks = new Buckets({ ...failures, clock });
    this.#starts = new Buckets({ ...starts, clock });
    this.#known = new RequestGate(ofKnown, clock);
  }

  /** A pasted token, which may be on its way still. Throws `TooManyRequests`. */
  token(client: Client): Attempt {
    const bucket = this.#tokens.take(client, failed(client));
    return {
      forgive: () => bucket.giveBack(),
      ask: async (question) => {
        if (client.knownUser !== undefined)
          return this.#known.run(client.knownUser, new AbortController().signal, question);
        if (this.#underWay >= maxUnderWay) {
          bucket.giveBack();
          throw tooMany('Too many people log in at this moment: try again in a few seconds.');
        }
        this.#underWay += 1;
        try {
          return await question();
        } finally {
          this.#underWay -= 1;
        }
      },
    };
  }

  /** The way to the provider. Throws `TooManyRequests`. */
  start(client: Client): void {
    this.#starts.take(client, 'Too many logins were begun from your address: try again in a few seconds.');
  }

  /** The way back, which asks the provider. Throws `TooManyRequests`. */
  callback(client: Client): Pick<Attempt, 'forgive'> {
    const bucket = this.#callbacks.take(client, failed(client));
    return { forgive: () => bucket.giveBack() };
  }
}

class Buckets {
  readonly #options: ConstructorParameters<typeof TokenBucket>[0];
  readonly #byClient = new RecentMap<string, TokenBucket>(maxRemembered);

  constructor(options: ConstructorParameters<typeof TokenBucket>[0]) {
    this.#options = options;
  }

  /** Throws `TooManyRequests` with the sentence. */
  take({ address, knownUser }: Client, sentence: string): TokenBucket {
    const key = knownUser === undefined ? `address ${address}` : `user ${knownUser}`;
    const bucket = this.#byClient.getOrMake(key, () => new TokenBucket(this.#options));
    if (!bucket.take()) throw tooMany(sentence);
    return bucket;
  }
}

function failed({ knownUser }: Client): string {
  const whose = knownUser === undefined ? 'from your address' : 'in your browsers';
  return `Too many logins ${whose} have failed: try again in a few seconds.`;
}

function tooMany(sentence: string): ConsoleError {
  return new ConsoleError('TooManyRequests', sentence);
}
