/** Shares a secret and takes it back: SecretGrants with the same names that `neuro acl grant` gives them. */
import {
  FIELD_MANAGERS,
  type SecretGrant,
  type SecretGrantGrantedBy,
  type SecretGrantSubject,
} from '../../../api/index.ts';
import {
  granterOf,
  grantName,
  grantsOver,
  planGrant,
  type GrantTarget,
  type GrantTerms,
} from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { clusterNow } from '../cluster/cluster-clock.ts';
import { ClusterError } from '../cluster/errors.ts';
import { mayI } from '../cluster/may-i.ts';
import { secretGrants } from '../cluster/object.ts';
import type { Cluster } from '../cluster/use-cluster.ts';

interface GrantDraft extends GrantTarget, GrantTerms {
  readonly subject: SecretGrantSubject;
}

const by = { fieldManager: FIELD_MANAGERS.console };

/** Makes a grant, or brings those over the same secret to the same subject to these terms; `known` are those of the namespace. */
export async function grantSecret(cluster: Cluster, draft: GrantDraft, known: readonly SecretGrant[]): Promise<void> {
  const { connection, liveLists } = cluster;
  const { namespace, subject } = draft;
  const plan = planGrant(draft, subject, grantsOver(known, draft, subject), draft, clusterNow());
  for (const { name, spec } of plan.changes) {
    const object = await connection.patch(secretGrants, { namespace, name }, { spec }, by);
    liveLists.apply(connection, secretGrants, namespace, { type: 'MODIFIED', object });
  }
  if (plan.changes.length > 0) return;
  const metadata = {
    namespace,
    name: grantName(draft, subject),
    labels: { 'app.kubernetes.io/managed-by': 'neuro' },
  };
  const grantedBy = await granterFor(cluster, namespace);
  const spec = { ...plan.spec, ...defined({ grantedBy }) };
  try {
    const object = await connection.create(secretGrants, { metadata, spec }, by);
    liveLists.apply(connection, secretGrants, namespace, { type: 'ADDED', object });
  } catch (error) {
    if (!(error instanceof ClusterError && error.kind === 'exists')) throw error;
    // People who may not list grants may change the one of this name.
    const { name } = metadata;
    const same = planGrant(
      draft,
      subject,
      [await connection.get(secretGrants, { namespace, name })],
      draft,
      clusterNow(),
    );
    for (const change of same.changes)
      await connection.patch(secretGrants, { namespace, name }, { spec: change.spec }, by);
  }
}

/** A grant of someone who may not write RoleBindings of the namespace stands on their own right, and says so. */
async function granterFor(
  { connection, session }: Cluster,
  namespace: string,
): Promise<SecretGrantGrantedBy | undefined> {
  const question = { group: 'rbac.authorization.k8s.io', resource: 'rolebindings', verb: 'create', namespace };
  return (await mayI(connection, question)) ? undefined : granterOf(session.user.name);
}

export async function revokeGrant({ connection, liveLists }: Cluster, grant: SecretGrant): Promise<void> {
  const { namespace = '', name, uid } = grant.metadata;
  await connection.delete(secretGrants, { namespace, name }, uid);
  liveLists.apply(connection, secretGrants, namespace, { type: 'DELETED', object: grant });
}
