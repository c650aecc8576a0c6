/** What the administrator has set up: homes of people, presets and cards, sealing keys. */
import { Badge, Code, Group, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { PRESETS_CONFIG_MAP } from '../../../api/index.ts';
import { publishedPresets } from '../../../client/index.ts';
import { configMaps, namespaces } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { When } from '../parts/when.tsx';
import { admin as t } from '../texts/en/admin.ts';
import { AdminCard, Read, Rows, Sentence } from './admin-card.tsx';
import { homeRows, keyRows } from './admin-rows.ts';
import { listAll, mostObjects, useReading } from './use-reading.ts';

export function PeopleCard(): ReactElement {
  const reading = useReading('namespaces', (connection, signal) => listAll(connection, namespaces, homeRows, signal));
  return (
    <AdminCard title={t.people.title}>
      <Read reading={reading} right={t.people.right}>
        {({ rows: homes, isCut }) => {
          if (homes.length === 0) return <Sentence text={t.people.none} />;
          return (
            <>
              <Rows
                label={t.people.title}
                header={[t.people.home, t.people.user, t.people.groups]}
                rows={homes.map(({ namespace, user, groups }) => ({
                  key: namespace,
                  cells: [namespace, user, groups],
                }))}
              />
              {isCut && <Sentence text={t.more(mostObjects)} />}
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
    <AdminCard title={t.offers.title}>
      <Stack gap="sm">
        <Read reading={reading} right={t.offers.right}>
          {(presets = []) =>
            presets.length === 0 ? (
              <Sentence text={t.offers.noPresets} />
            ) : (
              <Rows
                label={t.offers.preset}
                header={[t.offers.preset, t.offers.requests, t.offers.limits]}
                rows={presets.map(({ name, requests, limits }) => ({
                  key: name,
                  cells: [name, amounts(requests), amounts(limits)],
                }))}
              />
            )
          }
        </Read>
        <Rows
          label={t.offers.card}
          header={[t.offers.card, t.offers.kind, t.offers.image]}
          rows={config.widgets.map(({ name, title, kind, image = '' }) => ({
            key: name,
            cells: [title, t.offers.kinds[kind], image],
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
    <AdminCard title={t.keys.title}>
      <Read reading={reading} right={t.keys.right}>
        {(keys) => {
          const newest = keys
            .map(({ createdAt }) => createdAt)
            .sort()
            .at(-1);
          if (newest === undefined) return <Sentence text={t.none} />;
          return (
            <Stack gap="xs">
              <Rows
                label={t.keys.title}
                header={[t.keys.key, t.keys.suite, t.keys.age, t.keys.state]}
                rows={keys.map(({ keyId, suite, createdAt, active }) => ({
                  key: keyId,
                  cells: [
                    <span key="id" className="mono">
                      {keyId.slice(0, 12)}
                    </span>,
                    suite,
                    <When key="age" time={createdAt} />,
                    <Badge key="state" variant="outline" tt="none" color={active ? 'pine' : 'gray'}>
                      {active ? t.keys.active : t.keys.former}
                    </Badge>,
                  ],
                }))}
              />
              <Text size="sm">{t.keys.backup(new Date(newest).toLocaleString())}</Text>
              <Group gap="xs" wrap="nowrap">
                <Code className="wrap">{command}</Code>
                <CopyButton label={t.keys.copy} text={() => command} isIcon />
              </Group>
            </Stack>
          );
        }}
      </Read>
    </AdminCard>
  );
}
