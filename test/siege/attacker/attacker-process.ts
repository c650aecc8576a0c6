/**
 * One attack in a process of its own, so that what it takes to send it does not slow down those who measure. Ends when the attack does, or when the
 * parent says `stop`; then it tells how much the API server took.
 */
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadAccess, Transport, undiciHttp } from '../../../src/kernel/index.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { attackNamed } from '../attacks/attacks.ts';
import { kinds, type Attacker, type AttackObject, type Plural } from './attack.ts';

export interface AttackOrder {
  readonly attack: string;
  readonly kubeconfig: string;
  /** Of her service account. */
  readonly accountKubeconfig: string;
  readonly namespace: string;
  readonly victims: readonly string[];
  readonly seed: number;
  /** Above 0, at most 1. */
  readonly scale: number;
}

export interface AttackReport {
  readonly accepted: number;
  /** What the API server took, by what it was: `usersecrets made`, `neurojobs changed`. */
  readonly taken: Readonly<Record<string, number>>;
  readonly refused: number;
  /** Of the bodies that the API server took: what the attacker herself wrote into etcd. */
  readonly acceptedBytes: number;
  /** Refusals by their code. */
  readonly refusals: Readonly<Record<string, number>>;
}

/** What the process sends when the first request was accepted, long before its report: until then it loads its code. */
export const BEGUN = 'begun';

/** Requests at a time, as a client in a hurry has. */
const atOnce = 8;
const connectionsOfTransport = 64;
const methods = { made: 'POST', changed: 'PATCH', deleted: 'DELETE' } as const;
type Done = keyof typeof methods | 'listed';

process.once('message', (order: AttackOrder) => void attack(order));
process.once('disconnect', () => process.exit(0));

async function attack(order: AttackOrder): Promise<void> {
  const stopping = new AbortController();
  process.once('message', () => stopping.abort());
  const { signal } = stopping;
  const transport = new Transport({
    access: await loadAccess({ kubeconfig: order.kubeconfig }),
    http: undiciHttp,
    userAgent: 'mallory',
  });
  const report = {
    accepted: 0,
    taken: {} as Record<string, number>,
    refused: 0,
    acceptedBytes: 0,
    refusals: {} as Record<string, number>,
  };
  const accepted = (plural: Plural, done: Done): void => {
    const what = `${plural} ${done}`;
    report.taken[what] = (report.taken[what] ?? 0) + 1;
    report.accepted += 1;
    if (report.accepted === 1) process.send?.(BEGUN);
  };

  async function send(done: keyof typeof methods, plural: Plural, name?: string, body?: unknown): Promise<boolean> {
    const method = methods[done];
    try {
      await transport.request({
        method,
        path: path(plural, name),
        body,
        ...(method === 'PATCH' ? { contentType: 'application/merge-patch+json' } : {}),
        signal,
      });
      accepted(plural, done);
      if (body !== undefined) report.acceptedBytes += JSON.stringify(body).length;
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      report.refused += 1;
      const code = String((error as { readonly code?: unknown }).code ?? error);
      report.refusals[code] = (report.refusals[code] ?? 0) + 1;
      return false;
    }
  }
  /** What comes back is not read into memory as objects: the flood is to cost the API server, not this process. */
  async function flood(plurals: readonly Plural[], count: number, until: AbortSignal): Promise<void> {
    const access = await loadAccess({ kubeconfig: order.accountKubeconfig });
    // A transport has 64 connections.
    const transports = Array.from(
      { length: Math.ceil(count / connectionsOfTransport) },
      () => new Transport({ access, http: undiciHttp, userAgent: 'mallory-flood' }),
    );
    const isOver = (): boolean => until.aborted;
    const one = async (index: number): Promise<void> => {
      const by = transports[index % transports.length];
      const plural = plurals[index % plurals.length];
      while (!isOver() && by !== undefined && plural !== undefined) {
        try {
          const body = await by.stream({ method: 'GET', path: path(plural), signal: until });
          body.resume();
          await finished(body);
          accepted(plural, 'listed');
        } catch (error) {
          if (isOver()) return;
          report.refused += 1;
          const code = String((error as { readonly code?: unknown }).code ?? error);
          report.refusals[code] = (report.refusals[code] ?? 0) + 1;
        }
      }
    };
    await Promise.all(Array.from({ length: count }, (_, index) => one(index)));
  }
  const path = (plural: Plural, name = ''): string =>
    `${kinds[plural][2]}/namespaces/${order.namespace}/${plural}${name === '' ? '' : `/${name}`}`;
  const by: Attacker = {
    namespace: order.namespace,
    victims: order.victims,
    random: seededRandom(order.seed),
    count: (whole) => Math.max(1, Math.round(whole * order.scale)),
    signal,
    create: (plural, object: AttackObject) => {
      const [apiVersion, kind] = kinds[plural];
      return send('made', plural, undefined, { apiVersion, kind, ...object });
    },
    patch: (plural, name, body) => send('changed', plural, name, body),
    remove: (plural, name) => send('deleted', plural, name),
    each: async (count, work) => {
      let next = 0;
      const worker = async (): Promise<void> => {
        for (let index = next++; index < count && !signal.aborted; index = next++) await work(index);
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
    },
    flood: (plurals, count, until = signal) => flood(plurals, count, until),
    pause: (ms) => sleep(ms, undefined, { signal }).catch(() => undefined),
  };
  await attackNamed(order.attack).run(by);
  process.send?.(report satisfies AttackReport, () => process.exit(0));
}
