/** Everything that can be reached from here: pages, actions, cards, secrets, jobs, namespaces. */
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { calledName } from '../../../api/index.ts';
import { isOneSecret } from '../../../client/index.ts';
import { cardsOf } from '../dashboard/cards.ts';
import { neuroJobs, userSecrets } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { canListNamespaces, useHome } from '../cluster/use-home.ts';
import { useLive } from '../cluster/use-live.ts';
import { useMayNotCreate } from '../cluster/use-may-not.ts';
import { addressOf, sharedAddressOf } from '../secrets/secret-address.ts';
import { useSharedWithMe } from '../secrets/use-shared-with-me.ts';
import { texts } from '../texts.ts';
import type { PaletteCommand } from './find-commands.ts';

export function useCommands(namespace: string): readonly PaletteCommand[] {
  const { config } = useCluster();
  const navigate = useNavigate();
  const home = useHome();
  const { objects: secrets } = useLive(userSecrets, { namespace });
  const { objects: jobs } = useLive(neuroJobs, { namespace });
  const { entries } = useSharedWithMe(namespace);
  const mayAdd = useMayNotCreate('usersecrets', namespace) === undefined;
  const mayRun = useMayNotCreate('neurojobs', namespace) === undefined;
  return useMemo(() => {
    const params = { namespace };
    const t = texts.palette;
    const toSecrets = (search: {
      readonly do?: 'add' | 'import' | 'adopt';
      readonly secret?: string;
      readonly name?: string;
      readonly show?: 'shared' | 'granted';
    }) => void navigate({ to: '/n/$namespace/secrets', params, search });
    const toDashboard = (search: { readonly use?: string; readonly card?: string }) =>
      void navigate({ to: '/n/$namespace/dashboard', params, search });
    return [
      ...(mayAdd
        ? ([
            { id: 'add', group: 'actions', label: texts.secrets.addTitle, run: () => toSecrets({ do: 'add' }) },
            {
              id: 'import',
              group: 'actions',
              label: texts.secrets.import.title,
              run: () => toSecrets({ do: 'import' }),
            },
            { id: 'adopt', group: 'actions', label: texts.adopt.title, run: () => toSecrets({ do: 'adopt' }) },
          ] as const)
        : []),
      ...(mayRun ? cardsOf(config.widgets) : []).map(({ name, title, description }): PaletteCommand => ({
        id: `card ${name}`,
        group: 'actions',
        label: t.run(title),
        more: description,
        run: () => toDashboard({ card: name }),
      })),
      { id: 'dashboard', group: 'pages', label: texts.nav.dashboard, run: () => toDashboard({}) },
      {
        id: 'jobs',
        group: 'pages',
        label: texts.nav.jobs,
        run: () => void navigate({ to: '/n/$namespace/jobs', params, search: {} }),
      },
      {
        id: 'schedules',
        group: 'pages',
        label: texts.schedules.title,
        run: () => void navigate({ to: '/n/$namespace/schedules', params }),
      },
      { id: 'secrets', group: 'pages', label: texts.nav.secrets, run: () => toSecrets({}) },
      { id: 'shared', group: 'pages', label: texts.secrets.sharedWithMe, run: () => toSecrets({ show: 'shared' }) },
      { id: 'granted', group: 'pages', label: texts.granted.title, run: () => toSecrets({ show: 'granted' }) },
      ...(canListNamespaces(home)
        ? [
            {
              id: 'admin',
              group: 'pages',
              label: texts.nav.admin,
              run: () => void navigate({ to: '/n/$namespace/admin', params }),
            } as const,
          ]
        : []),
      ...Array.from(secrets.values(), (secret): PaletteCommand => {
        const key = calledName(secret);
        return {
          id: `secret ${secret.metadata.name}`,
          group: 'secrets',
          label: key,
          more: secret.spec.description ?? '',
          run: () => toSecrets(addressOf({ key, name: secret.metadata.name })),
        };
      }),
      ...Array.from(jobs.values(), ({ metadata: { name }, spec }): PaletteCommand => ({
        id: `job ${name}`,
        group: 'jobs',
        label: name,
        more: `${spec.image} ${spec.description ?? ''}`,
        run: () => void navigate({ to: '/n/$namespace/jobs/$name', params: { namespace, name } }),
      })),
      ...(mayRun ? entries.filter(isOneSecret) : []).map((entry): PaletteCommand => ({
        id: `shared ${sharedAddressOf(entry)}`,
        group: 'shared',
        label: t.use(entry.uri),
        run: () => toDashboard({ use: entry.uri }),
      })),
      ...(home?.visible ?? [])
        .filter((name) => name !== namespace)
        .map((name): PaletteCommand => ({
          id: `namespace ${name}`,
          group: 'namespaces',
          label: t.namespace(name),
          run: () => void navigate({ to: '/n/$namespace/dashboard', params: { namespace: name }, search: {} }),
        })),
    ];
  }, [namespace, config, navigate, home, secrets, jobs, entries, mayAdd, mayRun]);
}
