/**
 * Which tickets were used, among all replicas: entries of the record of ended sessions, which every replica may get and patch anyway
 * (docs/decisions/0003-console-log-out.md). An entry stays a minute longer than its ticket is valid: the clocks of the replicas differ.
 *
 * Promise: of all calls with one ticket, in all replicas, one resolves with true. Where the record cannot be read and written, none does. Users take turns.
 */
import { isKernelError, withTimeLimit, type Clock, type KubeClient, type ObjectRef } from '../../../kernel/index.ts';
import { ConsoleError } from '../errors.ts';
import { configMaps } from '../proxy/config-maps.ts';
import { RequestGate, withoutBodies } from '../proxy/request-gate.ts';
import { entryOfTicket, hasRoomForTicket, type UsedTicket } from './ended-record.ts';

/** Others write too: log-outs once a second, and other replicas’ tickets. */
const maxTries = 8;
/** After the end of the ticket. More than the clocks of two replicas differ, and longer than a claim waits for its turn. */
const keptForMs = 60_000;
/** Two requests; the ticket itself is good for half a minute. */
const claimLimitMs = 5_000;

export type ClaimTicket = (ticket: UsedTicket) => Promise<boolean>;

interface TicketClaimsOptions {
  /** Has the rights of the console's own service account. */
  readonly client: KubeClient;
  readonly configMap: ObjectRef;
  readonly clock: Clock;
}

export function ticketClaims({ client, configMap, clock }: TicketClaimsOptions): ClaimTicket {
  /** One after the other, so that this process does not disturb itself. `JobTickets` limits how many wait. */
  const turns = new RequestGate({ requests: 1, requestsOfUser: 1, requestsOfEach: 0, ...withoutBodies }, clock);
  const claim = async (ticket: UsedTicket, signal: AbortSignal): Promise<boolean> => {
    const { user, until } = ticket;
    const [key, text] = entryOfTicket({ ...ticket, until: until + keptForMs }, clock.now());
    try {
      for (let tries = 0; tries < maxTries; tries += 1) {
        // It waited too long, and what says that it was used may have gone.
        if (until <= clock.now()) return false;
        const found = await client.get(configMaps, configMap, { signal });
        const resourceVersion = found?.metadata.resourceVersion;
        if (found === undefined || resourceVersion === undefined) break;
        if (found.data?.[key] !== undefined) return false;
        if (!hasRoomForTicket(user, found.data))
          throw new ConsoleError('TooManyRequests', 'Too many jobs were opened in the last minute: try again.');
        try {
          await client.patch(
            configMaps,
            configMap,
            { metadata: { resourceVersion }, data: { [key]: text } },
            { signal },
          );
          return true;
        } catch (error) {
          if (!isKernelError(error, 'Conflict')) throw error;
        }
      }
    } catch (cause) {
      throw cause instanceof ConsoleError ? cause : unrecorded(cause);
    }
    throw unrecorded();
  };
  const limit = { limitMs: claimLimitMs, clock };
  return (ticket) =>
    turns.run(ticket.user, new AbortController().signal, () => withTimeLimit(limit, (signal) => claim(ticket, signal)));
}

function unrecorded(cause?: unknown): ConsoleError {
  return new ConsoleError(
    'ApiServerUnreachable',
    'The console cannot record that this way into the job was used: try again in a moment.',
    { cause },
  );
}
