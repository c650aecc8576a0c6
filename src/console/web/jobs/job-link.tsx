/** The name of a job, which leads to its page. */
import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';

interface JobLinkProps {
  readonly namespace: string;
  readonly name: string;
  /** In one line, with an ellipsis where there is no room. */
  readonly isCut?: boolean;
}

export function JobLink({ namespace, name, isCut = false }: JobLinkProps): ReactElement {
  return (
    <Anchor
      size="sm"
      {...(isCut ? { className: 'cut' } : {})}
      renderRoot={(props) => <Link to="/n/$namespace/jobs/$name" params={{ namespace, name }} {...props} />}
    >
      {name}
    </Anchor>
  );
}
