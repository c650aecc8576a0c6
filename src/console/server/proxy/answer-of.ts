/** One request to the API server as the visitor, with one more try where it refuses credentials that can be renewed. */
import type { Dispatcher } from 'undici';
import { sessionExpired } from '../errors.ts';
import type { Visitor } from '../sessions/visitor.ts';
import type { ForwardedTarget } from './forwarded-target.ts';
import type { Reach } from './reviews.ts';

export interface Asked {
  readonly visitor: Visitor;
  readonly target: ForwardedTarget;
  readonly method: string;
  /** Those of the browser that pass: see `requestHeaders`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal: AbortSignal;
  readonly userAgent: string;
}

/** Rejects with `SessionExpired` where the API server does not take the visitor's credentials. */
export async function answerOf(asked: Asked): Promise<Dispatcher.ResponseData> {
  const { visitor, target } = asked;
  const first = await send(asked, await visitor.reach(target.context));
  if (first.statusCode !== 401) return first;
  await first.body.dump();
  const second = await send(asked, await visitor.reach(target.context, { isRefused: true }));
  if (second.statusCode !== 401) return second;
  await second.body.dump();
  throw sessionExpired();
}

function send(
  { target, method, headers, body, signal, userAgent }: Asked,
  reach: Reach,
): Promise<Dispatcher.ResponseData> {
  const search = target.query.toString();
  return reach.upstream.request({
    method,
    path: `${target.path}${search === '' ? '' : `?${search}`}`,
    // What the browser sends can never replace whose request it is.
    headers: { ...headers, 'user-agent': userAgent, ...reach.headers },
    ...(body === undefined ? {} : { body }),
    signal,
    isStream: target.kind !== 'plain',
  });
}
