/**
 * Credentials from a program that the kubeconfig names: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 * Promise: as with kubectl, the program gets KUBERNETES_EXEC_INFO, writes to our standard error, and reads from our standard input only where that
 * is a terminal; what it gives is kept until it expires or the API server refuses it. One run at a time.
 */
import { spawn } from 'node:child_process';
import { isatty } from 'node:tty';
import { defined } from '../defined.ts';
import type { CredentialsOptions } from './credentials.ts';
import { KernelError } from './errors.ts';
import { isFields, textOf, type Fields } from './fields.ts';

interface ExecCredentials {
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly expiresAt?: number;
}

export class ExecPlugin {
  readonly #exec: Fields;
  readonly #cluster: Fields;
  #kept: ExecCredentials | undefined;
  #running: Promise<ExecCredentials> | undefined;

  constructor(exec: Fields, cluster: Fields) {
    this.#exec = exec;
    this.#cluster = cluster;
  }

  async credentials({ isRefused = false }: CredentialsOptions = {}): Promise<ExecCredentials> {
    const kept = this.#kept;
    if (kept !== undefined && !isRefused && (kept.expiresAt ?? Number.POSITIVE_INFINITY) > Date.now()) return kept;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    return (this.#kept = await this.#running);
  }

  async #run(): Promise<ExecCredentials> {
    const { apiVersion, provideClusterInfo, interactiveMode, args, env } = this.#exec;
    const command = textOf(this.#exec['command']);
    if (command === undefined) throw new KernelError('Unauthorized', 'the exec entry of the kubeconfig has no command');
    const interactive = interactiveMode !== 'Never' && isatty(0);
    if (interactiveMode === 'Always' && !interactive)
      throw faulty(command, 'it needs a terminal, and standard input is none');
    const info = {
      ...{ kind: 'ExecCredential', apiVersion },
      spec: { ...(provideClusterInfo === true ? { cluster: this.#cluster } : {}), interactive },
    };
    const variables = (Array.isArray(env) ? (env as readonly unknown[]) : [])
      .filter(isFields)
      .map(({ name, value }) => [String(name), String(value)] as const);
    const output = await outputOf(command, Array.isArray(args) ? args.map(String) : [], {
      env: { ...process.env, ...Object.fromEntries(variables), KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      interactive,
    });
    return credentialsIn(output, command);
  }
}

interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly interactive: boolean;
}

function outputOf(command: string, args: readonly string[], { env, interactive }: RunOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    // It inherits standard error: people must read what it says, such as the code of a login, while it waits for them.
    const child = spawn(command, args, { env, stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'] });
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(pieces).toString('utf8'));
      else
        reject(
          faulty(command, code === null ? `${String(signal)} ended it` : `it ended with exit code ${String(code)}`),
        );
    });
  });
}

/** No message quotes the output: it holds credentials. */
function credentialsIn(output: string, command: string): ExecCredentials {
  const { status } = objectIn(output, command);
  if (!isFields(status)) throw faulty(command, 'its answer has no status');
  const { expirationTimestamp } = status;
  const [token, cert, key] = ['token', 'clientCertificateData', 'clientKeyData'].map((name) => textOf(status[name]));
  if (token === undefined && (cert === undefined || key === undefined))
    throw faulty(command, 'its answer has neither a token nor a certificate with its key');
  const expiresAt = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) : Number.NaN;
  return defined({ token, cert, key, expiresAt: Number.isNaN(expiresAt) ? undefined : expiresAt });
}

function objectIn(output: string, command: string): Fields {
  try {
    const parsed: unknown = JSON.parse(output);
    if (isFields(parsed)) return parsed;
  } catch {
    // The error below says it.
  }
  throw faulty(command, 'its answer is not JSON');
}

function faulty(command: string, fault: string): KernelError {
  return new KernelError(
    'Unauthorized',
    `the program '${command}', from which the kubeconfig gets its credentials, gave none: ${fault}`,
  );
}
