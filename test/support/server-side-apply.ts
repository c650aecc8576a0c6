/**
 * What `kubectl apply --server-side --force-conflicts` does with objects given as data, without kubectl: it reads the schemas of all kinds
 * first, which takes the API server a second after each change of a CRD.
 *
 * Promise: all are there when it resolves, a namespace before what is in it.
 */
import type { TransportRequest } from '../../src/kernel/index.ts';
import { pathOf, type ObjectOfKind } from './api-paths.ts';

type Request = (request: TransportRequest) => Promise<unknown>;

export async function serverSideApply(request: Request, objects: readonly ObjectOfKind[]): Promise<void> {
  const applied = async (those: readonly ObjectOfKind[]): Promise<void> => {
    await Promise.all(
      those.map((object) =>
        request({
          method: 'PATCH',
          path: pathOf(object),
          query: { fieldManager: 'kubectl', force: true, fieldValidation: 'Strict' },
          contentType: 'application/apply-patch+yaml',
          body: object,
        }),
      ),
    );
  };
  const isNamespace = ({ kind }: ObjectOfKind): boolean => kind === 'Namespace';
  await applied(objects.filter(isNamespace));
  await applied(objects.filter((object) => !isNamespace(object)));
}
