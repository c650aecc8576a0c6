/** Beside what runs: what failed lately, what is to be rotated, and whose access ends soon. */
import { Anchor, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { calledName, rotateByOf, type NeuroJob } from '../../../api/index.ts';
import { userSecrets } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { JobLink } from '../jobs/job-link.tsx';
import { JobPill } from '../jobs/job-pill.tsx';
import { dayText } from '../parts/day.ts';
import { useNow } from '../parts/use-now.ts';
import { When } from '../parts/when.tsx';
import { addressOf } from '../secrets/secret-address.ts';
import { useSharedWithMe } from '../secrets/use-shared-with-me.ts';
import { texts } from '../texts.ts';
import { endingSoon, failedLately, rotatingSoon } from './lately.ts';
import { Section } from './section.tsx';

interface WhatsUpProps {
  readonly namespace: string;
  readonly jobs: readonly NeuroJob[];
}

export function WhatsUp({ namespace, jobs }: WhatsUpProps): ReactElement {
  const secrets = useLive(userSecrets, { namespace });
  const shared = useSharedWithMe(namespace);
  const now = useNow();
  const failed = failedLately(jobs, now);
  const ending = endingSoon(shared.entries, now);
  const rotating = rotatingSoon(secrets.objects.values(), now);
  return (
    <>
      {failed.length > 0 && (
        <Section title={texts.dashboard.failed}>
          {failed.map((job) => (
            <Group key={job.metadata.uid ?? job.metadata.name} gap={4} justify="space-between">
              <JobLink namespace={namespace} name={job.metadata.name} isCut />
              <JobPill job={job} />
            </Group>
          ))}
        </Section>
      )}
      {rotating.length > 0 && (
        <Section title={texts.dashboard.rotate}>
          {rotating.map((secret) => (
            <Group key={secret.metadata.name} gap="xs" justify="space-between" wrap="nowrap">
              <Anchor
                size="sm"
                className="cut mono"
                renderRoot={(props) => (
                  <Link
                    to="/n/$namespace/secrets"
                    params={{ namespace }}
                    search={{ ...addressOf({ key: calledName(secret), name: secret.metadata.name }), do: 'edit' }}
                    {...props}
                  />
                )}
              >
                {calledName(secret)}
              </Anchor>
              <Text size="sm">{dayText(rotateByOf(secret)?.day ?? '')}</Text>
            </Group>
          ))}
        </Section>
      )}
      {shared.entries.length > 0 && (
        <Section title={texts.dashboard.shared}>
          {ending.map(({ uri, expiresAt }) => (
            <Text key={uri} size="sm" className="wrap">
              <span className="mono">{uri}</span> {texts.share.ends} <When time={expiresAt} />
            </Text>
          ))}
          <Anchor
            size="sm"
            renderRoot={(props) => (
              <Link to="/n/$namespace/secrets" params={{ namespace }} search={{ show: 'shared' }} {...props} />
            )}
          >
            {texts.dashboard.allShared(shared.entries.length)}
          </Anchor>
        </Section>
      )}
    </>
  );
}
