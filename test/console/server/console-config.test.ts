/** Widgets and presets as the platform team writes them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFromCluster, configFromFile } from '../../../src/console/server/config/config-source.ts';
import { readOffer } from '../../../src/console/server/config/console-config.ts';
import { Upstream } from '../../../src/console/server/proxy/upstream.ts';
import type { UserSession } from '../../../src/console/server/sessions/authenticator.ts';
import { ScriptedApi } from './scripted-api.ts';

const names = (text: string): readonly string[] => readOffer(text).widgets.map(({ name }) => name);

test('Terminal and Custom Job come first, then the configured widgets', () => {
  expect(names('')).toEqual(['terminal', 'custom-job']);
  expect(names('widgets: [{name: jupyter, title: Jupyter, kind: web, image: jupyter:1, port: 8888}]')).toEqual([
    'terminal',
    'custom-job',
    'jupyter',
  ]);
});

test('a configured widget takes the place of the standard one of its name', () => {
  const { widgets } = readOffer('widgets: [{name: terminal, title: Shell, kind: terminal, image: busybox}]');
  expect(widgets.map(({ title }) => title)).toEqual(['Shell', 'Custom Job']);
});

test('presets are those of the operator, as far as they are the page’s business', () => {
  const text = 'presets: {small: {resources: {limits: {cpu: 1, memory: 1Gi}}, nodeSelector: {disk: ssd}}}';
  expect(readOffer(text).presets).toEqual([{ name: 'small', resources: { limits: { cpu: '1', memory: '1Gi' } } }]);
});

test.each<[string, string, string]>([
  ['an unknown field', 'buttons: []', 'the configuration.buttons'],
  ['a widget without a title', 'widgets: [{name: a}]', 'widgets[0].title'],
  ['a name with a space', 'widgets: [{name: a b, title: A}]', 'widgets[0].name'],
  ['two of one name', 'widgets: [{name: a, title: A}, {name: a, title: B}]', 'widgets'],
  ['a kind of its own', 'widgets: [{name: a, title: A, kind: game}]', 'widgets[0].kind'],
  ['a port that is none', 'widgets: [{name: a, title: A, port: 70000}]', 'widgets[0].port'],
  ['an argument that is a number', 'widgets: [{name: a, title: A, args: [1]}]', 'widgets[0].args'],
  ['a list of presets', 'presets: []', 'presets'],
  ['resources that are a text', 'presets: {small: {resources: big}}', 'presets.small.resources'],
  ['an amount beside limits', 'presets: {small: {resources: {cpu: 1}}}', 'presets.small.resources.cpu'],
  ['limits that are a list', 'presets: {small: {resources: {limits: [1]}}}', 'presets.small.resources.limits'],
  [
    'an amount that is a map',
    'presets: {small: {resources: {limits: {cpu: {a: 1}}}}}',
    'presets.small.resources.limits.cpu',
  ],
  [
    'an amount that is none',
    'presets: {small: {resources: {requests: {memory: much}}}}',
    'presets.small.resources.requests.memory',
  ],
])('%s is refused with its place', (_case, text, place) => {
  expect(() => readOffer(text)).toThrow(
    expect.objectContaining({ code: 'ConfigNotReadable', message: expect.stringContaining(`at ${place}:`) as unknown }),
  );
});

test('a refusal says what was expected and found, and never a text of the file', () => {
  expect(() => readOffer('presets: {small: {resources: {limits: {cpu: s3cret}}}}')).toThrow(
    "The console's configuration is wrong at presets.small.resources.limits.cpu: expected an amount such as 500m, 2 or 4Gi, found another text.",
  );
});

test('a text that is not YAML is refused with its line, and not repeated', () => {
  const text = 'widgets: []\npresets: { small: [the-text\n';
  expect(() => readOffer(text)).toThrow(
    expect.objectContaining({
      code: 'ConfigNotReadable',
      message: expect.stringMatching(/^The console's configuration is not YAML \(line \d\)\. Tell/) as unknown,
    }),
  );
});

test('a file that does not exist is refused as unreadable, now and later', () => {
  const folder = mkdtempSync(join(tmpdir(), 'neuro-config-'));
  const path = join(folder, 'config.yaml');
  const source = configFromFile(path, 'neuro-system');
  try {
    expect(source.check).toThrow(expect.objectContaining({ code: 'ConfigNotReadable' }));
    writeFileSync(path, 'widgets: []');
    expect(source.check).not.toThrow();
    rmSync(path);
    expect(source.check).toThrow(expect.objectContaining({ code: 'ConfigNotReadable' }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('the configuration of a cluster', () => {
  let api: ScriptedApi;
  let upstream: Upstream;
  let refusals: number;
  const session: Partial<UserSession> = {
    credentials: (_context, { isRefused = false } = {}) => {
      if (isRefused) refusals += 1;
      return Promise.resolve({ upstream, headers: { authorization: 'Bearer t' } });
    },
  };

  beforeAll(async () => {
    api = await ScriptedApi.start();
    api.users.set('t', 'alice');
    upstream = new Upstream({ server: api.url, tls: {} });
  });
  afterAll(async () => {
    await upstream.close();
    await api.close();
  });

  const read = (operatorNamespace: string | undefined, path: string, statuses: readonly number[]) => {
    refusals = 0;
    const [first = 200, ...others] = statuses;
    const answer = (status: number, next: readonly number[]): void =>
      void api.scripted.set(path, (_request, response) => {
        const [following, ...rest] = next;
        if (following !== undefined) answer(following, rest);
        response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
      });
    answer(first, others);
    return configFromCluster(operatorNamespace).read(session as UserSession, 'cluster');
  };

  describe.each([
    ['its ConfigMap', 'neuro-system', '/configmaps/neuro-console'],
    ['the place of the operator', undefined, '/clusterrolebindings/neuro-operator'],
  ])('%s', (_what, operatorNamespace, path) => {
    test.each([403, 404])('with status %s leaves the standard widgets', async (status) => {
      const { widgets } = await read(operatorNamespace, path, [status]);
      expect(widgets.map(({ name }) => name)).toEqual(['terminal', 'custom-job']);
    });

    test.each([500, 503, 429])('with status %s is reported, because the browser keeps what it gets', async (status) => {
      await expect(read(operatorNamespace, path, [status])).rejects.toMatchObject({
        code: 'ApiServerUnreachable',
        message: expect.stringContaining(`status ${String(status)}`) as unknown,
      });
    });

    test('is read again with renewed credentials where the first are refused', async () => {
      await read(operatorNamespace, path, [401, 200]);
      expect(refusals).toBe(1);
    });

    test('ends the session where the renewed credentials are refused too', async () => {
      await expect(read(operatorNamespace, path, [401, 401])).rejects.toMatchObject({ code: 'SessionExpired' });
    });
  });
});
