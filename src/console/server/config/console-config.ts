/**
 * Widgets and presets, as the platform team writes them (YAML). Everything is optional; what is unknown or of the wrong kind is refused
 * with the place and what was expected.
 */
import { YAMLParseError, parse } from 'yaml';
import { isQuantity } from '../../../api/index.ts';
import { defined } from '../../../defined.ts';
import type { Preset, Widget } from '../../contract.ts';
import { ConsoleError } from '../errors.ts';

export interface Offer {
  readonly widgets: readonly Widget[];
  readonly presets: readonly Preset[];
}

/** What the dashboard always shows, in this order before all others; one of the same name in the configuration takes its place. */
export const defaultWidgets: readonly Widget[] = [
  {
    name: 'terminal',
    title: 'Terminal',
    description: 'A shell in a container of its own, with your secrets in it.',
    isStandard: true,
    kind: 'terminal',
    image: 'docker.io/library/ubuntu:24.04',
    command: ['/bin/sh'],
  },
  {
    name: 'custom-job',
    title: 'Custom Job',
    description: 'Any image and command.',
    isStandard: true,
    kind: 'job',
  },
];

/** A dashboard of more is no dashboard. */
const maxWidgets = 100;

type Fields = Readonly<Record<string, unknown>>;

export function readOffer(text: string): Offer {
  const root = fields(parsed(text) ?? {}, 'the configuration', ['widgets', 'presets']);
  const widgets = list(root['widgets'] ?? [], 'widgets').map((widget, index) =>
    readWidget(widget, `widgets[${String(index)}]`),
  );
  const names = new Set(widgets.map(({ name }) => name));
  if (widgets.length > maxWidgets || names.size !== widgets.length)
    throw wrong('widgets', `at most ${String(maxWidgets)}, each with a name of its own`);
  const presets = Object.entries(fields(root['presets'] ?? {}, 'presets')).map(([name, preset]) =>
    readPreset(name, preset),
  );
  const standard = defaultWidgets.map((widget) => widgets.find(({ name }) => name === widget.name) ?? widget);
  const others = widgets.filter(({ name }) => !defaultWidgets.some((widget) => widget.name === name));
  return { widgets: [...standard, ...others], presets };
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    // The parser quotes the text.
    const line = cause instanceof YAMLParseError ? cause.linePos?.[0].line : undefined;
    const where = line === undefined ? '' : ` (line ${String(line)})`;
    throw new ConsoleError(
      'ConfigNotReadable',
      `The console's configuration is not YAML${where}. Tell the administrator of the console.`,
      { cause },
    );
  }
}

function readWidget(value: unknown, where: string): Widget {
  const known = ['name', 'title', 'description', 'kind', 'image', 'command', 'args', 'preset', 'port', 'env'];
  const widget = fields(value, where, known);
  const name = text(widget['name'], `${where}.name`);
  if (!/^[a-z0-9-]{1,63}$/.test(name)) throw wrong(`${where}.name`, 'up to 63 of a-z, 0-9 and -');
  const kind = text(widget['kind'] ?? 'job', `${where}.kind`);
  if (kind !== 'terminal' && kind !== 'job' && kind !== 'web') throw wrong(`${where}.kind`, 'terminal, job or web');
  const port = widget['port'];
  if (port !== undefined && !(typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536))
    throw wrong(`${where}.port`, 'a port, 1 to 65535');
  const optional = (field: 'image' | 'preset'): Fields =>
    widget[field] === undefined ? {} : { [field]: text(widget[field], `${where}.${field}`) };
  const words = (field: 'command' | 'args'): Fields =>
    widget[field] === undefined
      ? {}
      : { [field]: list(widget[field], `${where}.${field}`).map((word) => text(word, `${where}.${field}`)) };
  return {
    name,
    title: text(widget['title'], `${where}.title`),
    description: text(widget['description'] ?? '', `${where}.description`),
    kind,
    ...optional('image'),
    ...optional('preset'),
    ...words('command'),
    ...words('args'),
    ...defined({ port }),
    ...(widget['env'] === undefined ? {} : { env: readEnv(widget['env'], `${where}.env`) }),
  };
}

function readEnv(value: unknown, where: string): NonNullable<Widget['env']> {
  return list(value, where).map((entry) => {
    const one = fields(entry, where, ['name', 'value']);
    return { name: text(one['name'], `${where}.name`), value: text(one['value'], `${where}.value`) };
  });
}

/** The operator's configuration has more in a preset, which is not the page's business. */
function readPreset(name: string, value: unknown): Preset {
  const where = `presets.${name}`;
  const preset = fields(value, where, ['description', 'resources', 'nodeSelector', 'tolerations', 'priorityClassName']);
  const resources = fields(preset['resources'] ?? {}, `${where}.resources`, ['requests', 'limits']);
  const amounts = (field: 'requests' | 'limits'): Fields =>
    resources[field] === undefined
      ? {}
      : {
          [field]: Object.fromEntries(
            Object.entries(fields(resources[field], `${where}.resources.${field}`)).map(([key, amount]) => [
              key,
              readAmount(amount, `${where}.resources.${field}.${key}`),
            ]),
          ),
        };
  return {
    name,
    ...(preset['description'] === undefined
      ? {}
      : { description: text(preset['description'], `${where}.description`) }),
    ...(preset['resources'] === undefined ? {} : { resources: { ...amounts('requests'), ...amounts('limits') } }),
  };
}

/** `cpu: 1` as well as `cpu: '1'`. */
function readAmount(value: unknown, where: string): string {
  const written = typeof value === 'number' ? String(value) : value;
  if (typeof written !== 'string' || !isQuantity(written))
    throw wrong(where, `an amount such as 500m, 2 or 4Gi, found ${kindOf(value)}`);
  return written;
}

function fields(value: unknown, where: string, known?: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(where, `a map, found ${kindOf(value)}`);
  const unknown = Object.keys(value).find((key) => known?.includes(key) === false);
  if (unknown !== undefined) throw wrong(`${where}.${unknown}`, `one of ${(known ?? []).join(', ')}`);
  return value as Fields;
}

function list(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(where, `a list, found ${kindOf(value)}`);
  return value;
}

function text(value: unknown, where: string): string {
  if (typeof value !== 'string') throw wrong(where, `text (quote numbers), found ${kindOf(value)}`);
  return value;
}

/** Never the value: the sentence goes to every browser. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === undefined || value === null) return 'nothing';
  return typeof value === 'object' ? 'a map' : typeof value === 'string' ? 'another text' : `a ${typeof value}`;
}

function wrong(where: string, expected: string): ConsoleError {
  return new ConsoleError(
    'ConfigNotReadable',
    `The console's configuration is wrong at ${where}: expected ${expected}. Tell the administrator of the console.`,
  );
}
