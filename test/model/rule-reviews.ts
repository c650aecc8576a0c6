/** What somebody may in a namespace, all of it in one answer of the API server: a SelfSubjectRulesReview, asked as that person. */
import { Agent, request as open } from 'node:https';
import { loadAccess } from '../../src/kernel/index.ts';
import type { TestCluster } from '../support/cluster.ts';
import type { Identity } from '../support/model-rbac.ts';

export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

interface Review {
  readonly status?: { readonly resourceRules: readonly Rule[] };
}

const connections = 16;
const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';

export class RuleReviews {
  readonly #agent: Agent;
  readonly #origin: string;

  private constructor(agent: Agent, origin: string) {
    this.#agent = agent;
    this.#origin = origin;
  }

  static async open({ cluster }: TestCluster): Promise<RuleReviews> {
    const access = await loadAccess({ kubeconfig: cluster.kubeconfigPath('admin') });
    const { tls } = await access.credentials();
    return new RuleReviews(new Agent({ keepAlive: true, maxSockets: connections, ...tls }), access.server);
  }

  async rulesOf({ user, groups }: Identity, namespace: string): Promise<readonly Rule[]> {
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
    // The transport of the kernel knows no header that comes twice, as the groups do here.
    const headers = {
      'content-type': 'application/json',
      'impersonate-user': user,
      'impersonate-group': [...groups],
    };
    const text = await new Promise<string>((resolve, reject) => {
      const outgoing = open(`${this.#origin}${path}`, { method: 'POST', agent: this.#agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => resolve(Buffer.concat(chunks).toString()));
        answer.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end(JSON.stringify(body));
    });
    const { status } = JSON.parse(text) as Review;
    if (status === undefined) throw new Error(`no review of the rules of ${user}: ${text}`);
    return status.resourceRules;
  }

  close(): void {
    this.#agent.destroy();
  }
}
