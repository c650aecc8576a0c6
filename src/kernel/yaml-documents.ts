/**
 * Reads YAML as kubectl does. kubectl prints and reads numbers that Go cannot hold as texts without quotes, such as `685e2309` or
 * `0x12345678901234567890`: they are values, tokens and hashes, and the YAML library would make an infinite or a rounded number of them.
 *
 * Nothing is logged: the messages of the library quote the text, which can hold values. The library is loaded only when it is needed.
 */
import type { Document, ScalarTag, Tags } from 'yaml';

/** A document with a fault has it in its `errors`. */
export async function parseYamlDocument(text: string): Promise<Document.Parsed> {
  const { parseDocument } = await import('./yaml-library.ts');
  return parseDocument(text, options);
}

/** The same for a text of several documents, divided by `---`. An empty text has none. */
export async function parseYamlDocuments(text: string): Promise<readonly Document.Parsed[]> {
  const { parseAllDocuments } = await import('./yaml-library.ts');
  return [...parseAllDocuments(text, options)];
}

const largestInteger = 2n ** 64n - 1n;

const options = { customTags: likeGo, logLevel: 'silent', prettyErrors: true } as const;

function likeGo(tags: Tags): Tags {
  return tags.map((tag) => {
    if (typeof tag !== 'object' || tag.collection !== undefined) return tag;
    switch (`${tag.tag} ${tag.format ?? ''}`) {
      case 'tag:yaml.org,2002:float EXP':
        return withTexts(tag, (text) => !Number.isFinite(Number(text)));
      case 'tag:yaml.org,2002:int HEX':
      case 'tag:yaml.org,2002:int OCT':
        return withTexts(tag, (text) => BigInt(text) > largestInteger);
      default:
        return tag;
    }
  });
}

function withTexts(tag: ScalarTag, isText: (text: string) => boolean): ScalarTag {
  return { ...tag, resolve: (text, onError, settings) => (isText(text) ? text : tag.resolve(text, onError, settings)) };
}
