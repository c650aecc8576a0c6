/** Widgets and presets as the platform team writes them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configFromFile } from '../../../src/console/server/config/config-source.ts';
import { readOffer } from '../../../src/console/server/config/console-config.ts';

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
