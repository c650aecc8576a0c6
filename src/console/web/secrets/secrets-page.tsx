/** My secrets, and those shared with me. */
import { Badge, Button, Group, SegmentedControl, Text, Title } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useRef, useState, type ReactElement } from 'react';
import { neuroJobs, secretGrants, userSecrets } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { Icon } from '../parts/icons.tsx';
import { SearchBox } from '../parts/search-box.tsx';
import { OfflineBar } from '../parts/states.tsx';
import page from '../parts/page.module.css';
import { usePageTitle } from '../parts/page-title.ts';
import { texts } from '../texts.ts';
import { AddSecret } from './add-secret.tsx';
import { MySecrets } from './my-secrets.tsx';
import { secretRows } from './secret-rows.ts';
import { SharedSecrets } from './shared-secrets.tsx';
import { useSharedWithMe } from './use-shared-with-me.ts';

const route = getRouteApi('/n/$namespace/secrets');

export function SecretsPage(): ReactElement {
  const { namespace } = route.useParams();
  // Another namespace starts with empty fields, so that nothing typed for one is saved in the other.
  return <SecretsOf key={namespace} namespace={namespace} />;
}

function SecretsOf({ namespace }: { readonly namespace: string }): ReactElement {
  const { q = '', show } = route.useSearch();
  const navigate = route.useNavigate();
  usePageTitle(show === 'shared' ? texts.secrets.sharedWithMe : texts.secrets.title, namespace);
  const secrets = useLive(userSecrets, { namespace });
  const grants = useLive(secretGrants, { namespace });
  const jobs = useLive(neuroJobs, { namespace });
  const shared = useSharedWithMe(namespace);
  const rows = useMemo(
    () => secretRows(secrets.objects.values(), grants.objects.values(), jobs.objects.values()),
    [secrets, grants, jobs],
  );
  const taken = useMemo(() => new Set(rows.map(({ key }) => key)), [rows]);
  const [isAdding, setIsAdding] = useState(false);
  const isRefused = secrets.phase === 'refused';
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const search = useRef<HTMLInputElement>(null);
  const addButton = useRef<HTMLButtonElement>(null);
  useHotkeys([
    ['/', () => search.current?.focus()],
    ['a', () => setIsAdding(isAdding || !isRefused)],
  ]);
  const isShared = show === 'shared';
  return (
    <div className={page['page']}>
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <Title order={1} size="h3">
            {texts.secrets.title}
          </Title>
          <SegmentedControl
            size="xs"
            aria-label={texts.secrets.which}
            value={isShared ? 'shared' : 'mine'}
            onChange={(value) =>
              void navigate({
                search: { ...(q === '' ? {} : { q }), ...(value === 'shared' ? { show: 'shared' } : {}) },
              })
            }
            data={[
              { value: 'mine', label: <WithCount text={texts.secrets.mine} count={rows.length} /> },
              { value: 'shared', label: <WithCount text={texts.secrets.sharedWithMe} count={shared.entries.length} /> },
            ]}
          />
        </Group>
        <Group gap="sm" wrap="nowrap" className={page['tools'] ?? ''}>
          <SearchBox
            ref={search}
            label={texts.secrets.search}
            text={q}
            onSearch={(text) =>
              void navigate({
                search: { ...(text === '' ? {} : { q: text }), ...(isShared ? { show: 'shared' } : {}) },
                replace: true,
              })
            }
          />
          <Button
            ref={addButton}
            leftSection={<Icon name="add" />}
            disabled={isAdding || isRefused}
            onClick={() => setIsAdding(true)}
          >
            {texts.actions.add}
          </Button>
        </Group>
      </Group>
      <OfflineBar lists={[secrets, grants, jobs, shared.list]} />
      {isAdding && (
        <AddSecret
          namespace={namespace}
          taken={taken}
          opener={addButton}
          onDone={(added) => {
            setIsAdding(false);
            if (added === undefined) return;
            setFresh((names) => new Set([...names, added.metadata.name]));
            if (isShared || q !== '') void navigate({ search: {} });
          }}
        />
      )}
      {isShared ? (
        <SharedSecrets shared={shared} query={q} namespace={namespace} />
      ) : (
        <MySecrets
          list={secrets}
          rows={rows}
          query={q}
          fresh={fresh}
          onAdd={isAdding ? undefined : () => setIsAdding(true)}
        />
      )}
      <Text size="xs" c="dimmed" visibleFrom="sm">
        {texts.secrets.keys}
      </Text>
    </div>
  );
}

function WithCount({ text, count }: { readonly text: string; readonly count: number }): ReactElement {
  return (
    <Group gap={6} wrap="nowrap">
      {text}
      <Badge size="xs" variant="default" circle={count < 10}>
        {count}
      </Badge>
    </Group>
  );
}
