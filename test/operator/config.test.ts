import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/operator/config-fields.ts';
import { loadConfig, readConfig } from '../../src/operator/config.ts';

const thirtyDaysMs = 30 * 24 * 3_600_000;

describe('the configuration', () => {
  test('has a default for everything', () => {
    const sealing = { renewEveryMs: thirtyDaysMs, sealedSecretsKeys: [] };
    expect(loadConfig(undefined)).toEqual({
      presets: {},
      sealing,
      history: { keep: 3 },
      notifications: undefined,
      concurrency: 32,
    });
  });

  test.each([
    ['renews sealing keys as often as it is told', { sealing: { renewEvery: '1d12h' } }, 36 * 3_600_000],
    ['never renews them for 0', { sealing: { renewEvery: 0 } }, 0],
  ])('%s', (_sentence, value, renewEveryMs) => {
    expect(readConfig(value).sealing.renewEveryMs).toBe(renewEveryMs);
  });

  test('names key Secrets of sealed-secrets', () => {
    const sealedSecretsKeys = [{ namespace: 'kube-system', name: 'sealed-secrets-key8k2vj' }];
    expect(readConfig({ sealing: { sealedSecretsKeys } }).sealing.sealedSecretsKeys).toEqual(sealedSecretsKeys);
  });

  test('says how many former values are kept', () => {
    expect(readConfig({ history: { keep: 0 } }).history).toEqual({ keep: 0 });
  });

  test('keeps presets as they are written', () => {
    const small = { resources: { limits: { memory: '1Gi' } }, nodeSelector: { pool: 'small' } };
    expect(readConfig({ presets: { small } }).presets).toEqual({ small });
  });

  test('takes an amount of a preset that is a number as its text', () => {
    const small = {
      resources: { requests: { cpu: 2, 'nvidia.com/gpu': 1 }, limits: { memory: '1.5Gi', cpu: '500m' } },
    };
    expect(readConfig({ presets: { small } }).presets['small']?.resources).toEqual({
      requests: { cpu: '2', 'nvidia.com/gpu': '1' },
      limits: { memory: '1.5Gi', cpu: '500m' },
    });
  });

  test.each<[string, unknown, string]>([
    ['resources that are a list', { resources: [] }, '.resources: expected a map, found a list'],
    ['resources that are empty', { resources: null }, '.resources: expected a map, found nothing'],
    [
      'an amount beside requests',
      { resources: { cpu: 1 } },
      '.resources.cpu is unknown: expected one of limits, requests',
    ],
    [
      'an amount that is none',
      { resources: { limits: { memory: '4 GB' } } },
      '.resources.limits.memory: expected an amount such as 500m, 2 or 4Gi, found "4 GB"',
    ],
    [
      'an amount that is a map',
      { resources: { requests: { cpu: { least: 1 } } } },
      '.resources.requests.cpu: expected an amount such as 500m, 2 or 4Gi, found a map',
    ],
    [
      'a negative amount',
      { resources: { limits: { cpu: -1 } } },
      '.resources.limits.cpu: expected an amount such as 500m, 2 or 4Gi, found -1',
    ],
    [
      'a label that is a number',
      { nodeSelector: { pool: 1 } },
      '.nodeSelector.pool: expected text (quote numbers), found 1',
    ],
    ['tolerations that are a map', { tolerations: {} }, '.tolerations: expected a list of tolerations, found a map'],
    [
      'a toleration with a value that is no text',
      { tolerations: [{ key: 'gpu', value: true }] },
      '.tolerations[0].value: expected text (quote numbers), found true',
    ],
    ['a class that is no text', { priorityClassName: 3 }, '.priorityClassName: expected text (quote numbers), found 3'],
  ])('refuses a preset with %s, with place, expected and found', (_case, small, sentence) => {
    expect(() => readConfig({ presets: { small } })).toThrow(new ConfigError(`presets.small${sentence}`));
  });

  test.each([
    ['a list', []],
    ['an unknown field', { seal: {} }],
    ['an unknown field of sealing', { sealing: { renew: '1d' } }],
    ['a preset that is no map', { presets: { small: 'big' } }],
    ['an unknown field of a preset', { presets: { small: { cpu: 1 } } }],
    ['a concurrency of 0', { concurrency: 0 }],
    ['a history of too many values', { history: { keep: 21 } }],
    ['a history of a part of a value', { history: { keep: 1.5 } }],
    ['an unknown field of history', { history: { days: 3 } }],
    ['a concurrency that is no number', { concurrency: 'many' }],
    ['keys of sealed-secrets that are no list', { sealing: { sealedSecretsKeys: 'kube-system' } }],
    ['a key of sealed-secrets without a namespace', { sealing: { sealedSecretsKeys: [{ name: 'k' }] } }],
    ['an unknown field of one', { sealing: { sealedSecretsKeys: [{ namespace: 'n', name: 'k', key: 'x' }] } }],
    ['a webhook without a folder', { notifications: { events: [] } }],
    ['a webhook in a folder of no certain place', { notifications: { webhookFolder: 'here' } }],
    ['a message about what nobody knows', { notifications: { webhookFolder: '/x', events: ['Everything'] } }],
    ['an address in the configuration', { notifications: { webhookFolder: '/x', url: 'https://x' } }],
    ['a duration that is a number', { sealing: { renewEvery: 30 } }],
  ])('refuses %s', (_sentence, value) => {
    expect(() => readConfig(value)).toThrow(ConfigError);
  });

  test('refuses a duration that is none, and says where it is', () => {
    const read = (): unknown => readConfig({ sealing: { renewEvery: 'soon' } });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/^sealing\.renewEvery: /);
  });

  test('refuses a file that is not YAML', async ({ onTestFinished }) => {
    const folder = await mkdtemp(join(tmpdir(), 'neuro-config-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, 'config.yaml');
    await writeFile(path, 'presets: {small');
    expect(() => loadConfig(path)).toThrow(ConfigError);
  });

  test('says which file cannot be read', () => {
    expect(() => loadConfig('/nonexistent/config.yaml')).toThrow(/\/nonexistent\/config\.yaml/);
  });
});
