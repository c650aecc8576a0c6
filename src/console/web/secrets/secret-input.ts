/** What the user gives as the value of a secret: text, the bytes of a file, how the operator shall make one, or where it is taken from. */
import {
  isDuration,
  isKey,
  isObjectName,
  joinPair,
  MAX_VALUE_BYTES,
  splitPair,
  TLS_TYPE,
  type TlsParts,
  type UserSecretGenerate,
  type UserSecretSpec,
} from '../../../api/index.ts';
import { isKeyOfCertificate, templateProblem } from '../../../client/index.ts';
import { size } from '../parts/bytes.ts';
import { texts } from '../texts.ts';

type Template = NonNullable<UserSecretSpec['template']>;

export type SecretInput =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly fileName: string; readonly bytes: Uint8Array }
  | { readonly kind: 'generate'; readonly generate: UserSecretGenerate }
  /** A file that is too large to be a value; what was given before it is not lost. */
  | { readonly kind: 'refused'; readonly fileName: string; readonly size: number; readonly former: SecretInput }
  /** `refused`: why one of the secrets cannot be a part. */
  | { readonly kind: 'template'; readonly template: Template; readonly refused?: string | undefined }
  | { readonly kind: 'configMap'; readonly name: string; readonly key: string }
  /** `isPair`: the certificate pair of that Secret, which has no key. */
  | { readonly kind: 'secret'; readonly name: string; readonly key: string; readonly isPair: boolean }
  | { readonly kind: 'pair'; readonly parts: TlsParts };

/** Where the secret is, for sources that name other objects. */
export interface ValuePlace {
  readonly namespace: string;
  /** `metadata.name` of the secret; undefined while there is none. */
  readonly self?: string | undefined;
  /** Whether it can be a certificate pair; undefined while it has no type. */
  readonly pair?: boolean;
}

/** What the select of sources offers. */
export const sourceKinds = ['give', 'pair', 'generate', 'template', 'secret', 'configMap'] as const;
export type InputSource = (typeof sourceKinds)[number];

/** Logins to a registry: text of a fixed form, which the API server does not let anybody generate. */
const loginTypes: readonly unknown[] = ['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg'];

/** What a secret of that type can take. The type cannot change: a certificate pair stays one, and no other secret becomes one. */
export function sourcesOfType(type: UserSecretSpec['type']): readonly InputSource[] {
  if (type === TLS_TYPE) return ['pair', 'secret'];
  const isLogin = loginTypes.includes(type);
  return sourceKinds.filter((source) => source !== 'pair' && !(isLogin && source === 'generate'));
}

export const emptyInput: SecretInput = { kind: 'text', text: '' };
const emptyPair: SecretInput = { kind: 'pair', parts: {} };
const defaultLength = 32;

const encoder = new TextEncoder();

export function sourceOfInput({ kind }: SecretInput): InputSource {
  return kind === 'text' || kind === 'file' || kind === 'refused' ? 'give' : kind;
}

/** What the form of a source begins with. */
export function inputOfSource(source: InputSource): SecretInput {
  switch (source) {
    case 'give':
      return emptyInput;
    case 'pair':
      return emptyPair;
    case 'generate':
      return { kind: 'generate', generate: { type: 'Password', length: defaultLength } };
    case 'template':
      return { kind: 'template', template: { text: '', parts: [] } };
    case 'secret':
      return { kind: 'secret', name: '', key: '', isPair: false };
    case 'configMap':
      return { kind: 'configMap', name: '', key: '' };
    default:
      source satisfies never;
      throw new TypeError('unknown source');
  }
}

/** What a secret has now, as the form shows it; a value is never shown, so its field is empty. */
export function inputOfSpec({ generate, template, secretKeyRef, configMapKeyRef, type }: UserSecretSpec): SecretInput {
  if (generate !== undefined) return { kind: 'generate', generate };
  if (template !== undefined) return { kind: 'template', template };
  if (configMapKeyRef !== undefined) return { kind: 'configMap', ...configMapKeyRef };
  if (secretKeyRef !== undefined) {
    const { name, key = '' } = secretKeyRef;
    return { kind: 'secret', name, key, isPair: secretKeyRef.key === undefined };
  }
  return type === TLS_TYPE ? emptyPair : emptyInput;
}

/** Nothing was entered. */
export function isNoInput(input: SecretInput): boolean {
  if (input.kind === 'pair') return Object.values(input.parts).every((text) => text === '');
  return input.kind === 'text' && input.text === '';
}

/** The value leaves the browser, sealed. */
export function isSealedInput({ kind }: SecretInput): boolean {
  return kind === 'text' || kind === 'file' || kind === 'refused' || kind === 'pair';
}

/** The secret becomes one of type `kubernetes.io/tls`. */
export function isPairInput(input: SecretInput): boolean {
  return input.kind === 'pair' || (input.kind === 'secret' && input.isPair);
}

/** The bytes, exactly as they were given; undefined where the value comes from elsewhere. */
export function bytesOf(input: SecretInput): Uint8Array | undefined {
  switch (input.kind) {
    case 'text':
      return encoder.encode(input.text);
    case 'file':
      return input.bytes;
    case 'pair':
      return encoder.encode(joinPair(input.parts));
    case 'generate':
    case 'refused':
    case 'template':
    case 'secret':
    case 'configMap':
      return undefined;
    default:
      input satisfies never;
      throw new TypeError('unknown kind');
  }
}

/** Why it cannot be a value; undefined when it can. */
export function inputProblem(input: SecretInput): string | undefined {
  switch (input.kind) {
    case 'generate': {
      const { length, rotateEvery } = input.generate;
      if (length !== undefined && !(length >= 8 && length <= 1024)) return texts.value.badLength;
      return rotateEvery !== undefined && !isDuration(rotateEvery) ? texts.value.badDuration : undefined;
    }
    case 'refused':
      return texts.value.tooLarge(size(input.size));
    case 'template':
      return sentence(templateProblem(input.template, texts.sources.templateWords) ?? input.refused);
    case 'configMap':
    case 'secret': {
      if (!isObjectName(input.name)) return texts.sources.badName;
      const hasKey = input.kind === 'secret' && input.isPair;
      return hasKey || isKey(input.key) ? undefined : texts.sources.badKey;
    }
    case 'pair':
      return pairProblem(input.parts);
    case 'text':
    case 'file': {
      const { length } = bytesOf(input) ?? new Uint8Array();
      if (length === 0) return texts.value.empty;
      return length > MAX_VALUE_BYTES ? texts.value.tooLarge(size(length)) : undefined;
    }
    default:
      input satisfies never;
      throw new TypeError('unknown kind');
  }
}

function pairProblem(parts: TlsParts): string | undefined {
  const split = splitPair(joinPair(parts), texts.sources.pairWords);
  if ('problem' in split) return sentence(split.problem);
  return isKeyOfCertificate(split.parts) === false ? texts.sources.otherKey : undefined;
}

/** From words without a capital and a full stop. */
function sentence(words: string | undefined): string | undefined {
  return words === undefined ? undefined : `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** `12 bytes · 2 lines · ends with a line break`: what one cannot see in a masked field. */
export function describeInput(input: SecretInput): readonly string[] {
  if (input.kind === 'file') return [input.fileName, size(input.bytes.length)];
  if (input.kind !== 'text' || input.text === '') return [];
  const lines = input.text.split('\n').length;
  return [
    size(encoder.encode(input.text).length),
    ...(lines > 1 ? [texts.value.lines(lines)] : []),
    ...(/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(input.text) ? [texts.value.privateKey] : []),
    ...(input.text.endsWith('\n') ? [texts.value.endsWithBreak] : []),
    ...(/^\s|[^\S\n]$/.test(input.text) ? [texts.value.outerSpace] : []),
  ];
}

/** `KEY=value` pasted where the key belongs: both of them. */
export function splitPasted(text: string): { readonly key: string; readonly value: string } | undefined {
  const [, key, value] = /^\s*(?:export\s+)?([A-Za-z0-9_.-]{1,253})=(.+)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined || /\n[A-Za-z0-9_.-]+=/.test(value)) return undefined;
  const trimmed = value.replace(/\r?\n$/, '');
  return { key, value: /^(["']).*\1$/s.test(trimmed) ? trimmed.slice(1, -1) : trimmed };
}
