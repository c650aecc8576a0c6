/** With whom a secret is shared: one more, and those who may use it now. */
import { Button, Divider, Group, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState, type SubmitEvent, type ReactElement } from 'react';
import {
  formatSecretUri,
  formatSubject,
  type SecretGrant,
  type SecretGrantAccess,
  type SecretGrantSubjectKind,
} from '../../../api/index.ts';
import { accessLevels, grantsOver } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { secretGrants } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useHome } from '../cluster/use-home.ts';
import { useLive } from '../cluster/use-live.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { focusFirstWrong } from '../parts/first-wrong.ts';
import { Dialog } from '../parts/dialog.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { SuggestedInput } from '../parts/suggested-input.tsx';
import { texts } from '../texts.ts';
import { chosenEnd, draftOf, shareCommand, subjectOf, type Expiry, type SubjectDraft } from './grant-form.ts';
import { GrantList } from './grant-list.tsx';
import { grantSecret } from './grant-writes.ts';
import { knownSubjects } from './known-subjects.ts';

interface ShareDialogProps {
  readonly namespace: string;
  /** Undefined: all secrets of the namespace, those that come later too. */
  readonly target: { readonly name: string; readonly key: string } | undefined;
  /** The grant to change. */
  readonly initial?: SecretGrant;
  readonly jobs: number;
  readonly onRevoke: 'Continue' | 'Terminate';
  readonly onClose: () => void;
}

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

export function ShareDialog(props: ShareDialogProps): ReactElement {
  const { namespace, target, initial, jobs, onRevoke, onClose } = props;
  const cluster = useCluster();
  const list = useLive(secretGrants, { namespace });
  const grants = useMemo(
    () => [...list.objects.values()].filter(({ spec }) => spec.secret === undefined || spec.secret === target?.name),
    [list, target],
  );
  const [first] = useState<SubjectDraft>(() => (initial === undefined ? nobody : draftOf(initial.spec.subject)));
  const [draft, setDraft] = useState(first);
  const [access, setAccess] = useState<SecretGrantAccess>(initial?.spec.access ?? 'read');
  const [chosenExpiry, setChosenExpiry] = useState<string>();
  const [at, setAt] = useState('');
  const [description, setDescription] = useState('');
  const [isTried, setIsTried] = useState(false);
  const home = useHome();
  const known = useMemo(
    () =>
      knownSubjects({
        grants: list.objects.values(),
        namespaces: home?.namespaces ?? [],
        ...cluster.session.user,
        user: cluster.session.user.name,
      }),
    [list, home, cluster],
  );
  const subject = subjectOf(draft);
  const [existing] = typeof subject === 'string' ? [] : grantsOver(grants, { secret: target?.name }, subject);
  const hasEnd = existing?.spec.expiresAt !== undefined && existing.status?.phase !== 'Expired';
  const expiryName =
    chosenExpiry === undefined || (chosenExpiry === 'keep' && !hasEnd) ? (hasEnd ? 'keep' : 'never') : chosenExpiry;
  const expiry: Expiry = expiries[expiryName] ?? { kind: 'at', at };
  const share = useMutation({
    mutationFn: async () => {
      const end = chosenEnd(expiry, currentMs());
      if (typeof subject === 'string' || end === undefined) return;
      // An empty field keeps the reason that there is.
      const reason = description.trim() === '' ? undefined : description;
      const terms = { namespace, secret: target?.name, subject, access, description: reason, ...end };
      await grantSecret(cluster, terms, grants);
    },
    onSuccess: () => {
      if (initial !== undefined) {
        onClose();
        return;
      }
      setDraft({ ...nobody, kind: draft.kind });
      setDescription('');
      setChosenExpiry(undefined);
      setIsTried(false);
    },
  });
  const isExpiryWrong = chosenEnd(expiry, 0) === undefined;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    setIsTried(true);
    if (typeof subject === 'string' || isExpiryWrong) focusFirstWrong(event.currentTarget);
    else if (!share.isPending) share.mutate();
  };
  const uri = formatSecretUri({ owner: namespace, ...defined({ key: target?.key }) });
  return (
    <Dialog
      title={
        target === undefined
          ? texts.share.titleAll(namespace)
          : initial === undefined
            ? texts.share.title(target.key)
            : texts.share.titleChange(target.key)
      }
      onClose={onClose}
      isChanged={(initial === undefined && draft.name !== '') || description !== ''}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Group align="start" gap="sm">
            <Select
              label={texts.share.kind}
              data={kinds.map((kind) => ({ value: kind, label: texts.share.kinds[kind] }))}
              value={draft.kind}
              allowDeselect={false}
              onChange={(kind) => setDraft({ ...draft, kind: kinds.find((known) => known === kind) ?? 'User' })}
              w={150}
            />
            {draft.kind === 'ServiceAccount' && (
              <SuggestedInput
                label={texts.namespace.label}
                value={draft.namespace}
                known={known.Namespace}
                onChange={(namespace) => setDraft({ ...draft, namespace })}
                flex={1}
              />
            )}
            <SuggestedInput
              label={texts.share.name}
              value={draft.name}
              known={known[draft.kind]}
              onChange={(name) => setDraft({ ...draft, name })}
              error={isTried && typeof subject === 'string' ? subject : undefined}
              flex={1}
              data-autofocus
              autoComplete="off"
              spellCheck={false}
            />
          </Group>
          <Radio.Group
            label={texts.share.access}
            value={access}
            onChange={(value) => setAccess(accessLevels.find((level) => level === value) ?? 'read')}
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
              value={expiryName}
              allowDeselect={false}
              onChange={(value) => setChosenExpiry(value ?? undefined)}
              w={150}
            />
            {expiry.kind === 'at' && (
              <TextInput
                type="datetime-local"
                label={texts.share.at}
                value={at}
                onChange={(event) => setAt(event.currentTarget.value)}
                error={isTried && isExpiryWrong ? texts.share.noTime : undefined}
              />
            )}
            <TextInput
              label={texts.share.why}
              value={description}
              onChange={(event) => setDescription(event.currentTarget.value)}
              placeholder={existing?.spec.description ?? ''}
              flex={1}
            />
          </Group>
          {existing !== undefined && (
            <Text size="sm" role="status">
              {texts.share.changes(formatSubject(existing.spec.subject), existing.spec.access ?? 'read')}
            </Text>
          )}
          {share.error !== null && <InlineProblem title={texts.share.failed} error={share.error} />}
          <Group justify="space-between">
            <CopyButton
              label={texts.copy.command}
              text={() => {
                const whom = typeof subject === 'string' ? 'SUBJECT' : formatSubject(subject);
                const end = chosenEnd(expiry, currentMs());
                return shareCommand({ uri, subject: whom, access, end, description, isChange: existing !== undefined });
              }}
            />
            <Button type="submit" loading={share.isPending}>
              {texts.share.submit}
            </Button>
          </Group>
        </Stack>
      </form>
      <Divider my="md" label={texts.share.now} />
      <GrantList grants={grants} list={list} />
      <Text size="xs" c="dimmed" mt="sm">
        {jobs > 0 && onRevoke === 'Continue' ? texts.share.keep(jobs) : ''} {texts.share.honest}
      </Text>
    </Dialog>
  );
}

/** When it is saved, not when it was drawn. */
function currentMs(): number {
  return Date.now();
}
