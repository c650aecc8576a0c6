/**
 * The operator's configuration file (YAML), as the platform team writes it. Everything is optional; what is unknown or of the wrong
 * kind is refused with the place and what was expected, before anything starts.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { notificationEvents, type NotificationEvent } from './notify/messages.ts';
import { DEFAULT_FORMER_VALUES, MAX_FORMER_VALUES, isDuration, parseDurationSeconds } from '../api/index.ts';
import { ConfigError, mapOf, record } from './config-fields.ts';
import { readPreset, type Preset } from './preset-config.ts';

export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

export interface OperatorConfig {
  readonly presets: Readonly<Record<string, Preset>>;
  readonly sealing: {
    readonly renewEveryMs: number;
    /** Key Secrets of sealed-secrets that open what was sealed before a migration. */
    readonly sealedSecretsKeys: readonly SecretName[];
  };
  readonly history: {
    /** Former values of a UserSecret that says nothing about it. */
    readonly keep: number;
  };
  /** Messages to a webhook; undefined: none. */
  readonly notifications: NotificationConfig | undefined;
  /** Workers of each controller. */
  readonly concurrency: number;
}

interface NotificationConfig {
  /** A mounted Secret: its file `url` has the address for all namespaces, `url.NAMESPACE` that of one. */
  readonly webhookFolder: string;
  readonly events: readonly NotificationEvent[];
}

const defaultEvents: readonly NotificationEvent[] = ['JobSucceeded', 'JobFailed', 'AccessEnding'];

/** 30 days, the period of sealed-secrets. */
const defaultRenewEveryMs = 30 * 24 * 3_600_000;
const defaultConcurrency = 32;
const mostConcurrency = 256;

export function loadConfig(path: string | undefined): OperatorConfig {
  if (path === undefined) return readConfig({});
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`the configuration ${path} cannot be read`, { cause });
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw new ConfigError(`the configuration ${path} is not valid YAML`, { cause });
  }
  return readConfig(value ?? {});
}

export function readConfig(value: unknown): OperatorConfig {
  const root = record(value, 'the configuration', ['presets', 'sealing', 'history', 'notifications', 'concurrency']);
  const sealing = record(root['sealing'] ?? {}, 'sealing', ['renewEvery', 'sealedSecretsKeys']);
  const history = record(root['history'] ?? {}, 'history', ['keep']);
  return {
    presets: mapOf(root['presets'] ?? {}, 'presets', readPreset),
    sealing: {
      renewEveryMs: renewEvery(sealing['renewEvery']),
      sealedSecretsKeys: secretNames(sealing['sealedSecretsKeys'] ?? [], 'sealing.sealedSecretsKeys'),
    },
    history: { keep: wholeNumber(history['keep'], 'history.keep', 0, MAX_FORMER_VALUES, DEFAULT_FORMER_VALUES) },
    notifications: notificationConfig(root['notifications']),
    concurrency: wholeNumber(root['concurrency'], 'concurrency', 1, mostConcurrency, defaultConcurrency),
  };
}

function wholeNumber(value: unknown, where: string, least: number, most: number, otherwise: number): number {
  if (value === undefined || value === null) return otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new ConfigError(
    `${where}: expected a whole number from ${String(least)} to ${String(most)}, found ${JSON.stringify(value)}`,
  );
}

function notificationConfig(value: unknown): NotificationConfig | undefined {
  if (value === undefined || value === null) return undefined;
  const { webhookFolder, events = defaultEvents } = record(value, 'notifications', ['webhookFolder', 'events']);
  if (typeof webhookFolder !== 'string' || !webhookFolder.startsWith('/'))
    throw new ConfigError('notifications.webhookFolder: expected the absolute path of a folder with addresses');
  const isEvent = (event: unknown): event is NotificationEvent => notificationEvents.some((known) => known === event);
  if (!Array.isArray(events) || !events.every(isEvent))
    throw new ConfigError(`notifications.events: expected a list of ${notificationEvents.join(', ')}`);
  return { webhookFolder, events };
}

function renewEvery(value: unknown): number {
  if (value === undefined) return defaultRenewEveryMs;
  if (value === 0 || value === '0') return 0;
  if (typeof value === 'string' && isDuration(value)) return parseDurationSeconds(value) * 1000;
  throw new ConfigError(
    `sealing.renewEvery: expected a duration such as 30d, or 0 for never, found ${JSON.stringify(value)}`,
  );
}

function secretNames(value: unknown, where: string): readonly SecretName[] {
  if (!Array.isArray(value)) throw new ConfigError(`${where}: expected a list of {namespace, name}`);
  return value.map((entry: unknown, index) => {
    const place = `${where}[${String(index)}]`;
    const { namespace, name } = record(entry, place, ['namespace', 'name']);
    if (typeof namespace !== 'string' || namespace === '' || typeof name !== 'string' || name === '')
      throw new ConfigError(`${place}: expected namespace and name of a Secret`);
    return { namespace, name };
  });
}
