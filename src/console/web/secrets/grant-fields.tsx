/** The fields that say with whom something is shared, how far, until when and why; and what stands in them. */
import { Group, Radio, Select, Stack, TextInput } from '@mantine/core';
import { useMemo, useState, type ReactElement } from 'react';
import type { SecretGrant, SecretGrantAccess, SecretGrantSubject, SecretGrantSubjectKind } from '../../../api/index.ts';
import { accessLevels } from '../../../client/index.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useHome } from '../cluster/use-home.ts';
import { SuggestedInput } from '../parts/suggested-input.tsx';
import { texts } from '../texts.ts';
import { chosenEnd, draftOf, subjectOf, type ChosenEnd, type Expiry, type SubjectDraft } from './grant-form.ts';
import { knownSubjects } from './known-subjects.ts';

const kinds: readonly SecretGrantSubjectKind[] = ['User', 'Group', 'ServiceAccount', 'Namespace'];
const expiries: Readonly<Record<string, Expiry>> = {
  keep: { kind: 'keep' },
  never: { kind: 'never' },
  hour: { kind: 'after', hours: 1 },
  day: { kind: 'after', hours: 24 },
  week: { kind: 'after', hours: 168 },
  month: { kind: 'after', hours: 720 },
};
const nobody: SubjectDraft = { kind: 'User', name: '', namespace: '' };

interface GrantForm {
  readonly draft: SubjectDraft;
  readonly setDraft: (draft: SubjectDraft) => void;
  readonly access: SecretGrantAccess;
  readonly setAccess: (access: SecretGrantAccess) => void;
  readonly chosenExpiry: string | undefined;
  readonly setChosenExpiry: (name: string | undefined) => void;
  readonly at: string;
  readonly setAt: (at: string) => void;
  readonly description: string;
  readonly setDescription: (description: string) => void;
  /** What is wrong is marked then. */
  readonly isTried: boolean;
  readonly setIsTried: (isTried: boolean) => void;
  /** What the fields name, or what is wrong with them. */
  readonly subject: SecretGrantSubject | string;
}

export function useGrantForm(initial?: SecretGrant): GrantForm {
  const [draft, setDraft] = useState(() => (initial === undefined ? nobody : draftOf(initial.spec.subject)));
  const [access, setAccess] = useState<SecretGrantAccess>(initial?.spec.access ?? 'read');
  const [chosenExpiry, setChosenExpiry] = useState<string>();
  const [at, setAt] = useState('');
  const [description, setDescription] = useState('');
  const [isTried, setIsTried] = useState(false);
  return {
    ...{ draft, setDraft, access, setAccess, chosenExpiry, setChosenExpiry, at, setAt },
    ...{ description, setDescription, isTried, setIsTried, subject: subjectOf(draft) },
  };
}

/** `hasEnd`: there is a grant with an end, which stays unless another is chosen. Undefined where the time cannot be read. */
export function endOf(form: GrantForm, hasEnd: boolean, nowMs: number): ChosenEnd | undefined {
  return chosenEnd(expiryOf(form, hasEnd).expiry, nowMs);
}

export function clearSubject({ draft, setDraft, setDescription, setChosenExpiry, setIsTried }: GrantForm): void {
  setDraft({ ...nobody, kind: draft.kind });
  setDescription('');
  setChosenExpiry(undefined);
  setIsTried(false);
}

function expiryOf(
  { chosenExpiry, at }: GrantForm,
  hasEnd: boolean,
): { readonly name: string; readonly expiry: Expiry } {
  const isDefault = chosenExpiry === undefined || (chosenExpiry === 'keep' && !hasEnd);
  const name = isDefault ? (hasEnd ? 'keep' : 'never') : chosenExpiry;
  return { name, expiry: expiries[name] ?? { kind: 'at', at } };
}

interface GrantFieldsProps {
  readonly form: GrantForm;
  /** Of the namespace: their subjects are known names. */
  readonly grants: ReadonlyMap<string, SecretGrant>;
  readonly hasEnd: boolean;
  /** The reason of the grant that there is. */
  readonly former?: string | undefined;
}

export function GrantFields({ form, grants, hasEnd, former }: GrantFieldsProps): ReactElement {
  const { session } = useCluster();
  const home = useHome();
  const known = useMemo(
    () =>
      knownSubjects({
        grants: grants.values(),
        namespaces: home?.namespaces ?? [],
        ...session.user,
        user: session.user.name,
      }),
    [grants, home, session],
  );
  const { name, expiry } = expiryOf(form, hasEnd);
  const isExpiryWrong = chosenEnd(expiry, 0) === undefined;
  return (
    <>
      <Group align="start" gap="sm">
        <Select
          label={texts.share.kind}
          data={kinds.map((kind) => ({ value: kind, label: texts.share.kinds[kind] }))}
          value={form.draft.kind}
          allowDeselect={false}
          onChange={(kind) => form.setDraft({ ...form.draft, kind: kinds.find((known) => known === kind) ?? 'User' })}
          w={150}
        />
        {form.draft.kind === 'ServiceAccount' && (
          <SuggestedInput
            label={texts.namespace.label}
            value={form.draft.namespace}
            known={known.Namespace}
            onChange={(namespace) => form.setDraft({ ...form.draft, namespace })}
            flex={1}
          />
        )}
        <SuggestedInput
          label={texts.share.name}
          value={form.draft.name}
          known={known[form.draft.kind]}
          onChange={(name) => form.setDraft({ ...form.draft, name })}
          error={form.isTried && typeof form.subject === 'string' ? form.subject : undefined}
          flex={1}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
        />
      </Group>
      <Radio.Group
        label={texts.share.access}
        value={form.access}
        onChange={(value) => form.setAccess(accessLevels.find((level) => level === value) ?? 'read')}
      >
        <Stack gap={6} mt={4}>
          {accessLevels.map((level) => (
            <Radio
              key={level}
              value={level}
              label={texts.share.levels[level].name}
              description={texts.share.levels[level].help}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Group align="start" gap="sm">
        <Select
          label={texts.share.expires}
          data={[...Object.keys(expiries).filter((name) => name !== 'keep' || hasEnd), 'at'].map((value) => ({
            value,
            label: texts.share.expiries[value] ?? value,
          }))}
          value={name}
          allowDeselect={false}
          onChange={(value) => form.setChosenExpiry(value ?? undefined)}
          w={150}
        />
        {expiry.kind === 'at' && (
          <TextInput
            type="datetime-local"
            label={texts.share.at}
            value={form.at}
            onChange={(event) => form.setAt(event.currentTarget.value)}
            error={form.isTried && isExpiryWrong ? texts.share.noTime : undefined}
          />
        )}
        <TextInput
          label={texts.share.why}
          value={form.description}
          onChange={(event) => form.setDescription(event.currentTarget.value)}
          placeholder={former ?? ''}
          flex={1}
        />
      </Group>
    </>
  );
}
