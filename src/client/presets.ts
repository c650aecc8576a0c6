/**
 * The presets that the operator has, as the chart publishes them for everyone who is logged in: names and resources, in the
 * ConfigMap `neuro-presets` of the operator's namespace. Pure.
 */
import { PRESETS_CONFIG_MAP, PRESETS_ENTRY } from '../api/index.ts';
import { checkWords, type CheckWords } from './check-words.ts';

export interface PublishedPreset {
  readonly name: string;
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

/** Amounts as people write them: `cpu: 1` as well as `cpu: '1'`. */
type Amounts = Readonly<Record<string, string | number>>;
interface Published {
  readonly resources?: { readonly requests?: Amounts; readonly limits?: Amounts };
}

/** `unknown` holds a sentence about why nobody can say. */
export type PresetNames = { readonly names: readonly string[] } | { readonly unknown: string };

/** Sorted by name; undefined where the ConfigMap does not say. */
export function publishedPresets(
  data: Readonly<Record<string, string>> | undefined,
): readonly PublishedPreset[] | undefined {
  const text = data?.[PRESETS_ENTRY];
  if (text === undefined) return undefined;
  try {
    const presets = JSON.parse(text) as Readonly<Record<string, Published | null>> | null;
    if (typeof presets !== 'object' || presets === null || Array.isArray(presets)) return undefined;
    return Object.entries(presets)
      .map(([name, preset]) => {
        const { requests, limits } = preset?.resources ?? {};
        return { name, requests: amounts(requests), limits: amounts(limits) };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return undefined;
  }
}

/** `namespace`: of the operator. */
export function presetNames(
  data: Readonly<Record<string, string>> | undefined,
  namespace: string,
  words: CheckWords = checkWords,
): PresetNames {
  const presets = publishedPresets(data);
  return presets === undefined
    ? { unknown: words.presetsUnread(PRESETS_CONFIG_MAP, namespace) }
    : { names: presets.map(({ name }) => name) };
}

/** About a preset that is none of these. */
export function presetSentence(names: readonly string[], words: CheckWords = checkWords): string {
  return names.length === 0 ? words.noPresets : words.noSuchPreset(names.join(', '));
}

function amounts(given: Amounts = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(given).map(([resource, amount]) => [resource, String(amount)]));
}
