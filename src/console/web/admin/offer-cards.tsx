/** What the administrator has set up: homes of people, presets and cards, sealing keys. */
import { Badge, Code, Group, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { PRESETS_CONFIG_MAP } from '../../../api/index.ts';
import { publishedPresets } from '../../../client/index.ts';
import { timeText } from '../language/local.ts';
import { configMaps, namespaces } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { When } from '../parts/when.tsx';
import { texts } from '../texts.ts';
import { AdminCard, Extent, Read, Rows, Sentence } from './admin-card.tsx';
import { homeRows, keyRows, type HomeRow } from './admin-rows.ts';
import { cardsOf } from '../dashboard/cards.ts';
import { listAll, type Listed } from './list-all.ts';
import { useReading } from './use-reading.ts';

export function PeopleCard(): ReactElement {
  const reading = useReading<Listed<HomeRow>>('namespaces', (connection, signal, report) =>
    listAll(connection, namespaces, homeRows, { signal, report }),
  );
  return (
    <AdminCard title={texts.admin.people.title}>
      <Read reading={reading} right={texts.admin.people.right}>
        {(listed) => {
          const { rows: homes, isPart } = listed;
          if (homes.length === 0 && !isPart) return <Sentence text={texts.admin.people.none} />;
          return (
            <>
              <Rows
                label={texts.admin.people.title}
                header={[texts.admin.people.home, texts.admin.people.user, texts.admin.people.groups]}
                rows={homes.map(({ namespace, user, groups }) => ({
                  key: namespace,
                  cells: [namespace, user, groups],
                }))}
              />
              <Extent listed={listed} />
            </>
          );
        }}
      </Read>
    </AdminCard>
  );
}

export function OffersCard(): ReactElement {
  const { config } = useCluster();
  const { namespace } = config.sealing;
  const reading = useReading('presets', async (connection, signal) =>
    publishedPresets((await connection.get(configMaps, { namespace, name: PRESETS_CONFIG_MAP }, signal)).data),
  );
  const amounts = (of: Readonly<Record<string, string>> | undefined): string =>
    Object.entries(of ?? {})
      .map(([resource, amount]) => `${resource} ${amount}`)
      .join(', ');
  return (
    <AdminCard title={texts.admin.offers.title}>
      <Stack gap="sm">
        <Read reading={reading} right={texts.admin.offers.right}>
          {(presets = []) =>
            presets.length === 0 ? (
              <Sentence text={texts.admin.offers.noPresets} />
            ) : (
              <Rows
                label={texts.admin.offers.preset}
                header={[texts.admin.offers.preset, texts.admin.offers.requests, texts.admin.offers.limits]}
                rows={presets.map(({ name, requests, limits }) => ({
                  key: name,
                  cells: [name, amounts(requests), amounts(limits)],
                }))}
              />
            )
          }
        </Read>
        <Rows
          label={texts.admin.offers.card}
          header={[texts.admin.offers.card, texts.admin.offers.kind, texts.admin.offers.image]}
          rows={cardsOf(config.widgets).map(({ name, title, kind, image = '' }) => ({
            key: name,
            cells: [title, texts.admin.offers.kinds[kind], image],
          }))}
        />
      </Stack>
    </AdminCard>
  );
}

export function KeysCard(): ReactElement {
  const { config } = useCluster();
  const { namespace, configMap, entry } = config.sealing;
  const reading = useReading('sealing-keys', async (connection, signal) =>
    keyRows((await connection.get(configMaps, { namespace, name: configMap }, signal)).data?.[entry] ?? ''),
  );
  const command = `kubectl get secrets -n ${namespace} -l neu.ro/managed-by=neuro-operator -o yaml > neuro-keys.yaml`;
  return (
    <AdminCard title={texts.admin.keys.title}>
      <Read reading={reading} right={texts.admin.keys.right}>
        {(keys) => {
          const newest = keys
            .map(({ createdAt }) => createdAt)
            .sort()
            .at(-1);
          if (newest === undefined) return <Sentence text={texts.admin.none} />;
          return (
            <Stack gap="xs">
              <Rows
                label={texts.admin.keys.title}
                header={[texts.admin.keys.key, texts.admin.keys.suite, texts.admin.keys.age, texts.admin.keys.state]}
                rows={keys.map(({ keyId, suite, createdAt, active }) => ({
                  key: keyId,
                  cells: [
                    <span key="id" className="mono">
                      {keyId.slice(0, 12)}
                    </span>,
                    suite,
                    <When key="age" time={createdAt} />,
                    <Badge key="state" variant="outline" tt="none" color={active ? 'pine' : 'gray'}>
                      {active ? texts.admin.keys.active : texts.admin.keys.former}
                    </Badge>,
                  ],
                }))}
              />
              <Text size="sm">{texts.admin.keys.backup(timeText(newest))}</Text>
              <Group gap="xs" wrap="nowrap">
                <Code className="wrap">{command}</Code>
                <CopyButton label={texts.admin.keys.copy} text={() => command} isIcon />
              </Group>
            </Stack>
          );
        }}
      </Read>
    </AdminCard>
  );
}
