/** Before all else on the dashboard of a namespace with nothing in it: what to do first. */
import { Anchor, List } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { NeuroJob } from '../../../api/index.ts';
import type { LiveList } from '../cluster/live-list.ts';
import { userSecrets } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { texts } from '../texts.ts';
import { Section } from './section.tsx';

interface FirstStepsProps {
  readonly namespace: string;
  readonly jobs: LiveList<NeuroJob>;
}

export function FirstSteps({ namespace, jobs }: FirstStepsProps): ReactElement | null {
  const secrets = useLive(userSecrets, { namespace });
  if (secrets.phase !== 'live' || secrets.objects.size > 0) return null;
  if (jobs.phase !== 'live' || jobs.objects.size > 0) return null;
  const { title, add, addLink, share, run } = texts.dashboard.steps;
  return (
    <Section title={title}>
      <List type="ordered" size="sm" spacing="xs">
        <List.Item>
          <Anchor
            inherit
            renderRoot={(props) => (
              <Link to="/n/$namespace/secrets" params={{ namespace }} search={{ do: 'add' }} {...props} />
            )}
          >
            {addLink}
          </Anchor>{' '}
          {add}
        </List.Item>
        <List.Item>{share}</List.Item>
        <List.Item>{run}</List.Item>
      </List>
    </Section>
  );
}
