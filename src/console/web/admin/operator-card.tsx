/** Whether the operator runs: its Deployment, its leader, and whether it finds the admission policies in place. */
import { Alert, Stack } from '@mantine/core';
import type { ReactElement } from 'react';
import { STATUS_CONFIG_MAP } from '../../../api/index.ts';
import { clusterNow } from '../cluster/cluster-clock.ts';
import { configMaps } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { Facts } from '../parts/facts.tsx';
import { When } from '../parts/when.tsx';
import { texts } from '../texts.ts';
import { deployments, leases } from './admin-kinds.ts';
import { AdminCard, Read } from './admin-card.tsx';
import { useReading } from './use-reading.ts';

const name = 'neuro-operator';
/** Of a lease that does not say. */
const usualLeaseSeconds = 15;
/** The clock of the browser's machine may differ from that of the operator's node. */
const slackSeconds = 15;

export function OperatorCard(): ReactElement {
  const { config } = useCluster();
  const { namespace } = config.sealing;
  const lease = useReading('lease', async (connection, signal) => {
    const { spec = {} } = await connection.get(leases, { namespace, name }, signal);
    const { holderIdentity = '', renewTime, leaseDurationSeconds = usualLeaseSeconds } = spec;
    const silentMs = renewTime === undefined ? Infinity : clusterNow() - Date.parse(renewTime);
    return { holderIdentity, renewTime, isStale: silentMs > (leaseDurationSeconds + slackSeconds) * 1_000 };
  });
  // Only what the card shows is kept: a Deployment can have values in its variables.
  const deployment = useReading('deployment', async (connection, signal) => {
    const { spec, status } = await connection.get(deployments, { namespace, name }, signal);
    const image = spec?.template?.spec?.containers?.[0]?.image ?? '';
    return { image, wanted: spec?.replicas ?? 1, ready: status?.readyReplicas ?? 0 };
  });
  const status = useReading('status', async (connection, signal) => {
    const { data } = await connection.get(configMaps, { namespace, name: STATUS_CONFIG_MAP }, signal);
    return data?.['policies'] ?? '';
  });
  const policies = status.kind === 'read' ? status.value : '';
  return (
    <AdminCard title={texts.admin.operator.title}>
      <Stack gap="xs">
        <Read reading={lease} right={texts.admin.operator.rightLease}>
          {({ holderIdentity, renewTime, isStale }) => (
            <>
              {isStale && (
                <Alert color="red" p="xs" role="alert">
                  {texts.admin.operator.stale}
                </Alert>
              )}
              <Facts
                rows={[
                  [texts.admin.operator.leader, holderIdentity || texts.admin.operator.unknown],
                  [texts.admin.operator.renewed, <When key="renewed" time={renewTime} />],
                ]}
              />
            </>
          )}
        </Read>
        <Read reading={deployment} right={texts.admin.operator.rightDeployment}>
          {({ image, wanted, ready }) => (
            <>
              {ready < wanted && (
                <Alert color="yellow" p="xs" role="alert">
                  {texts.admin.operator.notReady}
                </Alert>
              )}
              <Facts
                rows={[
                  [texts.admin.operator.replicas, texts.admin.operator.of(ready, wanted)],
                  [texts.admin.operator.image, image || texts.admin.operator.unknown],
                ]}
              />
            </>
          )}
        </Read>
        <Facts
          rows={[
            [
              texts.admin.operator.policies,
              policies === 'ok' ? texts.admin.operator.policiesOk : policies || texts.admin.operator.unknown,
            ],
          ]}
        />
      </Stack>
    </AdminCard>
  );
}
