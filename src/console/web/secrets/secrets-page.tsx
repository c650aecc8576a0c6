/** My secrets, and those shared with me. */
import { Badge, Group, SegmentedControl, Select, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useRef, useState, type ReactElement } from 'react';
import { effectiveKey } from '../../../api/index.ts';
import { isUnread, type LiveList } from '../cluster/live-list.ts';
import { neuroJobs, secretGrants, userSecrets, type ClusterObject } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { useMayNotCreate } from '../cluster/use-may-not.ts';
import { numberText } from '../language/local.ts';
import { CreateButton } from '../parts/create-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { SearchBox } from '../parts/search-box.tsx';
import { OfflineBar } from '../parts/states.tsx';
import { PageHead } from '../parts/page-head.tsx';
import page from '../parts/page.module.css';
import { usePageTitle } from '../parts/page-title.ts';
import { useIsHere } from '../parts/use-is-here.ts';
import { usePageKeys } from '../parts/use-page-keys.ts';
import { defined } from '../../../defined.ts';
import { texts } from '../texts.ts';
import { AddSecret } from './add-secret.tsx';
import { MySecrets, type SecretDialog } from './my-secrets.tsx';
import { secretFilters } from './secret-filters.ts';
import { secretDialogs, sharedDialogs, type SecretsSearch, type SharedDialog } from './secrets-search.ts';
import { secretRows } from './secret-rows.ts';
import styles from './secrets.module.css';
import { SharedSecrets } from './shared-secrets.tsx';
import { TagChips, TagSelect } from './tag-filter.tsx';
import { useSharedWithMe } from './use-shared-with-me.ts';

const ImportSecrets = lazy(async () => ({ default: (await import('./import-secrets.tsx')).ImportSecrets }));
const AdoptSecret = lazy(async () => ({ default: (await import('./adopt-secret.tsx')).AdoptSecret }));
const GrantedSecrets = lazy(async () => ({ default: (await import('./granted-secrets.tsx')).GrantedSecrets }));
const route = getRouteApi('/n/$namespace/secrets');
const noTags: readonly string[] = [];
/** Nothing is open over the list. */
const closed = { secret: undefined, name: undefined, grant: undefined, do: undefined } as const;

export function SecretsPage(): ReactElement {
  const { namespace } = route.useParams();
  // Another namespace starts with empty fields, so that nothing typed for one is saved in the other.
  return <SecretsOf key={namespace} namespace={namespace} />;
}

function SecretsOf({ namespace }: { readonly namespace: string }): ReactElement {
  const { q = '', show, filter, tag: tags = noTags, secret, name, grant, do: action } = route.useSearch();
  const navigate = route.useNavigate();
  /** Another address of this page: what is not named stays, and `undefined` goes. */
  const go = (
    part: Partial<Record<keyof SecretsSearch, string | readonly string[] | undefined>>,
    isNew = false,
  ): void =>
    void navigate({
      search: (former) => defined({ ...former, ...part }) as SecretsSearch,
      replace: !isNew,
    });
  const isHere = useIsHere();
  /** Closes what `isIt` knows. Something else may be open by the time when a slow request has ended, or another page. */
  const leave = (
    isIt: (now: SecretsSearch) => boolean,
    part: Partial<Record<keyof SecretsSearch, undefined>> = {},
  ): void => {
    if (!isHere.current) return;
    void navigate({
      search: (now) => (isIt(now) ? (defined({ ...now, ...closed, ...part }) as SecretsSearch) : now),
      replace: true,
    });
  };
  const setTags = (next: readonly string[]): void => go({ tag: next.length === 0 ? undefined : next });
  usePageTitle(titleOf(show ?? 'mine'), namespace);
  const secrets = useLive(userSecrets, { namespace });
  const grants = useLive(secretGrants, { namespace });
  const jobs = useLive(neuroJobs, { namespace });
  const shared = useSharedWithMe(namespace);
  const rows = useMemo(
    () => secretRows(secrets.objects.values(), grants.objects.values(), jobs.objects.values()),
    [secrets, grants, jobs],
  );
  const names = useMemo(() => new Map(rows.map(({ key, name }) => [key, name])), [rows]);
  /** Those whose value is a key of its own: an import replaces no certificate pair. */
  const importable = useMemo(
    () =>
      new Map(
        rows
          // Of two that want one key, the one that has it.
          .filter(({ key, secret, problem }) => effectiveKey(secret) === key && problem?.reason !== 'KeyConflict')
          .map(({ key, name }) => [key, name]),
      ),
    [rows],
  );
  const isRefused = secrets.phase === 'refused';
  const mayNotCreate = useMayNotCreate('usersecrets', namespace);
  // The form for a new one names those that exist, so it needs the list.
  const whyNot = mayNotCreate ?? (isRefused ? secrets.problem?.message : undefined);
  // A right that is refused for a moment, as while the API server starts, takes away nothing that was typed.
  const [wasLive, setWasLive] = useState(false);
  if (secrets.phase === 'live' && !wasLive) setWasLive(true);
  const isBarred = isRefused && !wasLive;
  const isAdding = action === 'add' && !isBarred;
  const isKnown = !isBarred && !isUnread(secrets);
  const isImporting = action === 'import' && isKnown;
  const setIsAdding = (is: boolean): void => go({ ...closed, do: is ? 'add' : undefined });
  /** Lines that were pasted into the form that adds one. */
  const [pasted, setPasted] = useState('');
  const freshen = (names: readonly string[]): void => {
    setFresh((former) => new Set([...former, ...names]));
    leave(isForm, names.length > 0 ? { show: undefined, q: undefined } : {});
  };
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const search = useRef<HTMLInputElement>(null);
  const addButton = useRef<HTMLButtonElement>(null);
  usePageKeys([
    ['/', () => search.current?.focus()],
    ['a', () => (whyNot === undefined ? setIsAdding(true) : undefined)],
    ['i', () => (whyNot === undefined ? go({ ...closed, do: 'import' }) : undefined)],
  ]);
  const isShared = show === 'shared';
  const isGranted = show === 'granted';
  return (
    <div className={page['page']}>
      <PageHead
        title={texts.secrets.title}
        about={texts.secrets.about[show ?? 'mine']}
        beside={
          <SegmentedControl
            size="xs"
            aria-label={texts.secrets.which}
            value={show ?? 'mine'}
            onChange={(value) => go({ show: value === 'mine' ? undefined : value, ...closed }, true)}
            data={[
              { value: 'mine', label: <WithCount text={texts.secrets.mine} count={countOf(secrets, rows)} /> },
              {
                value: 'shared',
                label: <WithCount text={texts.secrets.sharedWithMe} count={countOf(shared.list, shared.entries)} />,
              },
              {
                value: 'granted',
                label: <WithCount text={texts.granted.title} count={countOf(grants, [...grants.objects])} />,
              },
            ]}
          />
        }
      >
        <Group gap="sm" className={page['tools'] ?? ''}>
          {/* On a phone the form comes first. */}
          <Group gap="sm" className={page['filters'] ?? ''} {...(isAdding ? { visibleFrom: 'sm' } : {})}>
            {show === undefined && <TagSelect rows={rows} chosen={tags} onChange={setTags} />}
            {show === undefined && (
              <Select
                aria-label={texts.secrets.filter}
                data={secretFilters.map((value) => ({ value, label: texts.secrets.filters[value] }))}
                value={filter ?? null}
                placeholder={texts.secrets.allSecrets}
                clearable
                onChange={(value) => go({ filter: value ?? undefined })}
                w={150}
              />
            )}
            <SearchBox
              ref={search}
              label={texts.secrets.search}
              text={q}
              onSearch={(text) => go({ q: text === '' ? undefined : text })}
            />
          </Group>
          <Group gap="sm" className={page['buttons'] ?? ''}>
            <CreateButton
              whyNot={whyNot}
              variant="default"
              leftSection={<Icon name="file" />}
              onClick={() => go({ ...closed, do: 'import' })}
            >
              {texts.secrets.import.button}
            </CreateButton>
            <CreateButton
              ref={addButton}
              whyNot={whyNot}
              leftSection={<Icon name="add" />}
              disabled={isAdding}
              onClick={() => setIsAdding(true)}
            >
              {texts.actions.add}
            </CreateButton>
          </Group>
        </Group>
      </PageHead>
      {show === undefined && <TagChips chosen={tags} onChange={setTags} />}
      <OfflineBar lists={[secrets, grants, jobs, shared.list]} />
      {isAdding && (
        <AddSecret
          namespace={namespace}
          names={names}
          whyNot={mayNotCreate}
          opener={addButton}
          onDone={(added) => freshen(added === undefined ? [] : [added.metadata.name])}
          onLines={(text) => {
            setPasted(text);
            go({ do: 'import' });
          }}
        />
      )}
      {isImporting && (
        <Suspense>
          <ImportSecrets
            namespace={namespace}
            names={importable}
            mayNotCreate={mayNotCreate}
            initial={pasted}
            onAdopt={() => go({ do: 'adopt' })}
            onClose={(saved) => {
              setPasted('');
              freshen(saved);
            }}
          />
        </Suspense>
      )}
      {action === 'adopt' && isKnown && (
        <Suspense>
          <AdoptSecret
            namespace={namespace}
            secrets={rows.map(({ secret }) => secret)}
            mayNotCreate={mayNotCreate}
            onClose={freshen}
          />
        </Suspense>
      )}
      {isGranted ? (
        <Suspense>
          <GrantedSecrets
            namespace={namespace}
            grants={grants}
            secrets={secrets}
            query={q}
            edited={grant}
            onEdit={(next) => go({ ...closed, grant: next })}
            onClose={(left) => leave((now) => now.grant === left)}
          />
        </Suspense>
      ) : isShared ? (
        <SharedSecrets
          shared={shared}
          query={q}
          namespace={namespace}
          open={secret === undefined ? undefined : { address: secret, mode: sharedDialogOf(action) }}
          onOpen={({ address, mode }) => go({ ...closed, secret: address, do: mode })}
          onClose={({ address, mode }) => leave((now) => now.secret === address && sharedDialogOf(now.do) === mode)}
        />
      ) : (
        <MySecrets
          namespace={namespace}
          list={secrets}
          rows={rows}
          query={q}
          filter={filter}
          tags={tags}
          onTags={setTags}
          fresh={fresh}
          whyNot={whyNot}
          onAdd={isAdding ? undefined : () => setIsAdding(true)}
          open={secret === undefined ? undefined : { address: defined({ secret, name }), mode: dialogOf(action) }}
          onOpen={({ address, mode }) => go({ ...closed, ...address, do: mode === 'details' ? undefined : mode })}
          onClose={({ address, mode }) =>
            leave((now) => now.secret === address.secret && now.name === address.name && dialogOf(now.do) === mode)
          }
        />
      )}
      <Text size="xs" c="dimmed" visibleFrom="sm">
        {texts.secrets.keys}
      </Text>
    </div>
  );
}

function titleOf(show: 'mine' | 'shared' | 'granted'): string {
  const titles = { mine: texts.secrets.title, shared: texts.secrets.sharedWithMe, granted: texts.granted.title };
  return titles[show];
}

/** An address that names a secret alone is about its details. */
function dialogOf(action: SecretsSearch['do']): SecretDialog {
  return secretDialogs.find((known) => known === action) ?? 'details';
}

/** A form that adds secrets. */
function isForm({ do: action }: SecretsSearch): boolean {
  return action === 'add' || action === 'import' || action === 'adopt';
}

function sharedDialogOf(action: SecretsSearch['do']): SharedDialog {
  return sharedDialogs.find((known) => known === action) ?? 'replace';
}

/** Undefined where nobody can say. */
function countOf(list: LiveList<ClusterObject>, rows: readonly unknown[]): number | undefined {
  return isUnread(list) || list.phase === 'refused' ? undefined : rows.length;
}

function WithCount({ text, count }: { readonly text: string; readonly count: number | undefined }): ReactElement {
  return (
    <Group gap={6} wrap="nowrap">
      {text}
      {count !== undefined && (
        <Badge size="xs" variant="default" circle={count < 10} className={styles['count'] ?? ''}>
          {numberText(count)}
        </Badge>
      )}
    </Group>
  );
}
