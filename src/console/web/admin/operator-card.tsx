/** Whether the operator runs: its Deployment, its leader, and whether it finds the admission policies in place. */
import { Alert, Badge, Stack } from '@mantine/core';
import type { ReactElement } from 'react';
import { STATUS_CONFIG_MAP } from '../../../api/index.ts';
import { clusterNow } from '../cluster/cluster-clock.ts';
import type { Connection } from '../cluster/connection.ts';
import { configMaps } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { currentLocale } from '../language/current-language.ts';
import { took } from '../parts/age.ts';
import { Facts } from '../parts/facts.tsx';
import { useSeconds } from '../parts/use-now.ts';
import { texts } from '../texts.ts';
import { deployments, leases } from './admin-kinds.ts';
import { AdminCard, Read } from './admin-card.tsx';
import { useReading } from './use-reading.ts';

const name = 'neuro-operator';
/** Of a lease that does not say. */
const usualLeaseSeconds = 15;
/** The clock of the browser's machine may differ from that of the operator's node. */
const slackSeconds = 15;
/** A page that stays open would go on showing a leader that has long gone. */
const lookEveryMs = 10_000;

interface SeenLease {
  readonly holderIdentity: string;
  readonly renewTime: string | undefined;
  readonly isStale: boolean;
}

export function OperatorCard(): ReactElement {
  const { config } = useCluster();
  const { namespace } = config.sealing;
  const readLease = async (connection: Connection, signal: AbortSignal): Promise<SeenLease> => {
    const { spec = {} } = await connection.get(leases, { namespace, name }, signal);
    const { holderIdentity = '', renewTime, leaseDurationSeconds = usualLeaseSeconds } = spec;
    const silentMs = renewTime === undefined ? Infinity : clusterNow() - Date.parse(renewTime);
    return { holderIdentity, renewTime, isStale: silentMs > (leaseDurationSeconds + slackSeconds) * 1_000 };
  };
  const lease = useReading('lease', readLease, { everyMs: lookEveryMs });
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
  return (
    <AdminCard title={texts.admin.operator.title}>
      <Stack gap="xs">
        <Read reading={lease} right={texts.admin.operator.rightLease}>
          {(seen) => (
            <>
              {seen.isStale && (
                <Alert color="red" p="xs" role="alert">
                  {texts.admin.operator.stale}
                </Alert>
              )}
              <Facts
                rows={[
                  [texts.admin.operator.leader, seen.holderIdentity || texts.admin.operator.unknown],
                  [texts.admin.operator.renewed, <Renewed key="renewed" lease={seen} />],
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
        <Read reading={status} right={texts.admin.keys.right}>
          {(policies) => (
            <Facts
              rows={[
                [
                  texts.admin.operator.policies,
                  policies === 'ok' ? texts.admin.operator.policiesOk : policies || texts.admin.operator.unknown,
                ],
              ]}
            />
          )}
        </Read>
      </Stack>
    </AdminCard>
  );
}

/** To the second: a lease lasts for a few. */
function Renewed({ lease: { renewTime, isStale } }: { readonly lease: SeenLease }): ReactElement {
  const now = useSeconds();
  if (renewTime === undefined) return <>{texts.admin.operator.unknown}</>;
  const renewedMs = Date.parse(renewTime);
  return (
    <>
      <time dateTime={renewTime} title={new Date(renewedMs).toLocaleString(currentLocale())}>
        {texts.units.ago(took((now - renewedMs) / 1_000))}
      </time>
      {isStale && (
        <Badge ml="xs" color="red" variant="light" tt="none">
          {texts.admin.operator.isStale}
        </Badge>
      )}
    </>
  );
}
