/** The editor for the tags of a secret, and of several: what is added and taken away. */
import { Button, Group, Stack, TagsInput, VisuallyHidden } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactElement, type ReactNode, type SubmitEvent } from 'react';
import { readTag, tagDifference } from '../../../client/index.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useMayNot } from '../cluster/use-may-not.ts';
import type { BulkForm } from '../parts/bulk-bar.tsx';
import { CreateButton } from '../parts/create-button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { useLateFailure } from '../parts/use-late-failure.ts';
import { texts } from '../texts.ts';
import type { SecretRow } from './secret-rows.ts';
import styles from './secrets.module.css';
import { changeTags } from './tag-writes.ts';

interface TagsDialogProps {
  readonly row: SecretRow;
  /** Of the namespace, to choose from. */
  readonly known: readonly string[];
  readonly onClose: () => void;
}

export function TagsDialog({ row, known, onClose }: TagsDialogProps): ReactElement {
  const cluster = useCluster();
  // As they stood when the dialog opened: what others change meanwhile is not undone.
  const [before] = useState(row.tags);
  const [tags, setTags] = useState(before);
  const labels = tagDifference(before, tags);
  const { namespace = '', name } = row.secret.metadata;
  const whyNot = useMayNot({ verb: 'patch', resource: 'usersecrets', namespace, name });
  const save = useMutation({
    mutationFn: () => changeTags(cluster, row.secret, labels),
    onSuccess: onClose,
    onError: useLateFailure(() => texts.secrets.notSavedKey(row.key)),
  });
  const isChanged = Object.keys(labels).length > 0;
  return (
    <TagsForm
      title={texts.tags.title(row.key)}
      isChanged={isChanged}
      whyNot={whyNot}
      canSave={isChanged && problemOf(tags) === undefined}
      isPending={save.isPending}
      onSave={() => save.mutate()}
      onClose={onClose}
    >
      <TagsField
        label={texts.secrets.tags}
        help={texts.tags.help}
        tags={tags}
        known={known}
        onChange={setTags}
        said={texts.tags.now(tags)}
        isFirst
      />
      {save.error !== null && <InlineProblem title={texts.secrets.notSaved} error={save.error} />}
    </TagsForm>
  );
}

export function BulkTags({ rows, onStart, onClose }: BulkForm<SecretRow>): ReactElement {
  const cluster = useCluster();
  const [added, setAdded] = useState<readonly string[]>([]);
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const present = [...new Set(rows.flatMap(({ tags }) => tags))].sort();
  const isChanged = added.length + removed.length > 0;
  return (
    <TagsForm
      title={texts.tags.titleOf(rows.length)}
      isChanged={isChanged}
      canSave={isChanged && problemOf(added) === undefined}
      isPending={false}
      onSave={() =>
        onStart(({ secret, tags }) => {
          const kept = tags.filter((tag) => !removed.includes(tag));
          return changeTags(cluster, secret, tagDifference(tags, merged([...kept, ...added])));
        })
      }
      onClose={onClose}
    >
      <TagsField
        label={texts.tags.add}
        help={texts.tags.help}
        tags={added}
        known={present}
        onChange={setAdded}
        said={chosen(added)}
        isFirst
      />
      {present.length > 0 && (
        <TagsField
          label={texts.tags.remove}
          help={texts.tags.removeHelp}
          tags={removed}
          known={present}
          said={chosen(removed)}
          onChange={(tags) => setRemoved(tags.filter((tag) => present.includes(tag)))}
        />
      )}
    </TagsForm>
  );
}

interface TagsFormProps {
  readonly title: string;
  /** See `useMayNot`. */
  readonly whyNot?: string | undefined;
  readonly isChanged: boolean;
  readonly canSave: boolean;
  readonly isPending: boolean;
  readonly onSave: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function TagsForm(props: TagsFormProps): ReactElement {
  const { title, whyNot, isChanged, canSave, isPending, onSave, onClose, children } = props;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (canSave && whyNot === undefined && !isPending) onSave();
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      isChanged={isChanged}
      isSaving={isPending}
      onSubmit={submit}
      footer={
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {texts.actions.cancel}
          </Button>
          <CreateButton type="submit" whyNot={whyNot} disabled={!canSave} loading={isPending}>
            {texts.actions.save}
          </CreateButton>
        </Group>
      }
    >
      <Stack>{children}</Stack>
    </Dialog>
  );
}

interface TagsFieldProps {
  readonly label: string;
  readonly help: string;
  readonly tags: readonly string[];
  readonly known: readonly string[];
  readonly onChange: (tags: readonly string[]) => void;
  /** Of the tags, for those who do not see them. */
  readonly said: string;
  /** Where the focus goes when the dialog opens. */
  readonly isFirst?: boolean;
}

const chosen = (tags: readonly string[]): string => (tags.length === 0 ? '' : texts.tags.picked(tags));

function TagsField({ label, help, tags, known, onChange, said, isFirst = false }: TagsFieldProps): ReactElement {
  return (
    <>
      <TagsInput
        label={label}
        description={help}
        value={[...tags]}
        data={[...known]}
        splitChars={[',', ' ']}
        acceptValueOnBlur
        // The list would cover what is below before anybody asked for it.
        openOnFocus={false}
        data-autofocus={isFirst || undefined}
        error={problemOf(tags)}
        onChange={(next) => onChange(merged(next))}
        spellCheck={false}
        classNames={{ input: styles['tags'] ?? '' }}
      />
      <VisuallyHidden role="status">{said}</VisuallyHidden>
    </>
  );
}

/** A label has one value: a later one replaces it. */
function merged(tags: readonly string[]): readonly string[] {
  const byName = new Map<string, string>();
  for (const tag of tags) {
    const read = readTag(tag);
    const name = 'name' in read ? read.name : tag;
    byName.delete(name);
    byName.set(name, tag);
  }
  return [...byName.values()];
}

function problemOf(tags: readonly string[]): string | undefined {
  for (const tag of tags) {
    const read = readTag(tag);
    if ('fault' in read) return texts.tags.faults[read.fault](tag);
  }
  return undefined;
}
