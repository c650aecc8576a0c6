/** With whom a secret is shared: one more, and those who may use it now. */
import { Divider, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useMemo, type SubmitEvent, type ReactElement } from 'react';
import { formatSecretUri, formatSubject, type SecretGrant } from '../../../api/index.ts';
import { grantsOver } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { clusterNow } from '../cluster/cluster-clock.ts';
import { secretGrants } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useLive } from '../cluster/use-live.ts';
import { useMayNotCreate, useMayNotEach } from '../cluster/use-may-not.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { CreateButton } from '../parts/create-button.tsx';
import { focusFirstWrong } from '../parts/first-wrong.ts';
import { Dialog } from '../parts/dialog.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { useLateFailure } from '../parts/use-late-failure.ts';
import { texts } from '../texts.ts';
import { clearSubject, endOf, GrantFields, useGrantForm } from './grant-fields.tsx';
import { shareCommand, type SubjectDraft } from './grant-form.ts';
import { GrantList } from './grant-list.tsx';
import { grantSecret } from './grant-writes.ts';
import { whyNotSaved } from './why-not-saved.ts';

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

export function ShareDialog(props: ShareDialogProps): ReactElement {
  const { namespace, target, initial, jobs, onRevoke, onClose } = props;
  const cluster = useCluster();
  const list = useLive(secretGrants, { namespace });
  const grants = useMemo(
    () => [...list.objects.values()].filter(({ spec }) => spec.secret === undefined || spec.secret === target?.name),
    [list, target],
  );
  const form = useGrantForm(initial);
  const { subject, access, description } = form;
  const changed = typeof subject === 'string' ? [] : grantsOver(grants, { secret: target?.name }, subject);
  const [existing] = changed;
  const mayNotCreate = useMayNotCreate('secretgrants', namespace);
  const mayNotChange = useMayNotEach({ verb: 'patch', resource: 'secretgrants', namespace });
  const whyNot = whyNotSaved(
    changed.map(({ metadata }) => metadata.name),
    mayNotCreate,
    mayNotChange,
  );
  const hasEnd = existing?.spec.expiresAt !== undefined && existing.status?.phase !== 'Expired';
  const share = useMutation({
    // What the fields hold now may be the next one by the time of the answer.
    mutationFn: async (_shared: SubjectDraft) => {
      const end = endOf(form, hasEnd, clusterNow());
      if (typeof subject === 'string' || end === undefined) return;
      // An empty field keeps the reason that there is.
      const reason = description.trim() === '' ? undefined : description;
      const terms = { namespace, secret: target?.name, subject, access, description: reason, ...end };
      await grantSecret(cluster, terms, grants);
    },
    onSuccess: (_answer, shared) => {
      if (initial !== undefined) {
        onClose();
        return;
      }
      if (form.draft === shared) clearSubject(form);
    },
    onError: useLateFailure(() => texts.share.failed),
  });
  const isExpiryWrong = endOf(form, hasEnd, 0) === undefined;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    form.setIsTried(true);
    if (typeof subject === 'string' || isExpiryWrong) focusFirstWrong(event.currentTarget);
    else if (whyNot === undefined && !share.isPending) share.mutate(form.draft);
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
      isChanged={(initial === undefined && form.draft.name !== '') || description !== ''}
      isSaving={share.isPending}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <GrantFields form={form} grants={list.objects} hasEnd={hasEnd} former={existing?.spec.description} />
          {existing !== undefined && (
            <Text size="sm" role="status">
              {texts.share.changes(
                formatSubject(existing.spec.subject),
                texts.share.levels[existing.spec.access ?? 'read'].name,
              )}
            </Text>
          )}
          {share.error !== null && <InlineProblem title={texts.share.failed} error={share.error} />}
          <Group justify="space-between">
            <CopyButton
              label={texts.copy.command}
              text={() => {
                const whom = typeof subject === 'string' ? 'SUBJECT' : formatSubject(subject);
                const end = endOf(form, hasEnd, clusterNow());
                return shareCommand({ uri, subject: whom, access, end, description, isChange: existing !== undefined });
              }}
            />
            <CreateButton type="submit" whyNot={whyNot} loading={share.isPending}>
              {texts.share.submit}
            </CreateButton>
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
