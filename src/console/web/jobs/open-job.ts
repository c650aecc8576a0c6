/**
 * Opens the page of a job in a new tab, on an origin of its own. The ticket goes there in a form, since an address stays in histories and logs;
 * the new tab has no way back to this one.
 */
import { csrfHeader, paths, type OpenAnswer, type OpenRequest } from '../../contract.ts';
import { ClusterError, errorOf } from '../cluster/errors.ts';
import type { Cluster } from '../cluster/use-cluster.ts';
import { texts } from '../texts.ts';

/** Throws a `ClusterError`. */
export async function openJob(
  { session, connection }: Pick<Cluster, 'session' | 'connection'>,
  namespace: string,
  name: string,
): Promise<void> {
  const wanted: OpenRequest = { context: connection.context, namespace, name };
  const response = await fetch(paths.open, {
    method: 'POST',
    cache: 'no-store',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json', [csrfHeader]: session.csrf },
    body: JSON.stringify(wanted),
  }).catch((cause: unknown) => {
    throw new ClusterError('offline', texts.errors.consoleGone, { cause });
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOf(response.status, body);
  sendTicket(body as OpenAnswer);
}

function sendTicket({ address, ticket }: OpenAnswer): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = address;
  form.target = '_blank';
  form.rel = 'noopener';
  const field = document.createElement('input');
  field.type = 'hidden';
  field.name = 'ticket';
  field.value = ticket;
  form.append(field);
  document.body.append(form);
  form.submit();
  form.remove();
}
