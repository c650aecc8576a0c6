/** The operator's command line and environment. */
import { hostname } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { LogLevel } from '../kernel/index.ts';

export interface OperatorOptions {
  readonly kubeconfig?: string;
  /** The namespace of the operator's own objects: lease, sealing keys, public keys. */
  readonly namespace: string;
  /** Only these are served, and that of the operator's own objects; undefined: all. */
  readonly namespaces?: readonly string[];
  readonly config?: string;
  /** False: grants become active although nobody checks who makes them. */
  readonly requirePolicies: boolean;
  readonly logLevel: LogLevel;
  readonly bindAddress: string;
  readonly healthPort: number;
  readonly httpPort: number;
  /** Unique to this process. */
  readonly identity: string;
}

export function parseOptions(argv: readonly string[], environment: NodeJS.ProcessEnv): OperatorOptions {
  const command = new Command('neuro-operator')
    .description('Turns UserSecrets, SecretGrants and NeuroJobs into native Secrets, RBAC and Pods.')
    .option('--kubeconfig <path>', 'kubeconfig to use; by default KUBECONFIG, then the service account')
    .option(
      '--namespace <name>',
      "namespace of the operator's own objects",
      environment['POD_NAMESPACE'] ?? 'neuro-system',
    )
    .option('--namespaces <names>', 'serve only these namespaces, separated by commas, and its own', namesOf)
    .option('--no-require-policies', 'activate grants without the admission policies (see docs/security.md)')
    .option('--config <path>', 'configuration file (YAML): presets, sealing, history, notifications, concurrency')
    .addOption(
      new Option('--log-level <level>').choices(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    )
    .option('--bind-address <address>', 'address of both servers', '0.0.0.0')
    .option('--health-port <port>', 'port of /healthz, /readyz and /metrics; 0 takes a free one', port, 8081)
    .option('--http-port <port>', 'port of /v1/cert.pem; 0 takes a free one', port, 8080)
    .parse([...argv], { from: 'user' });
  const { namespaces, ...options } = command.opts<Omit<OperatorOptions, 'identity'>>();
  const name = environment['POD_NAME'] ?? hostname();
  const identity = `${name}_${String(process.pid)}_${Date.now().toString(36)}`;
  const served = namespaces === undefined ? {} : { namespaces: [...new Set([...namespaces, options.namespace])] };
  return { ...options, ...served, identity };
}

function namesOf(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name));
  if (wrong !== undefined) throw new InvalidArgumentError(`expected names of namespaces, found '${wrong}'`);
  return names;
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError('expected 0 to 65535');
  return value;
}
