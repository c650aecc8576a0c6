/** What has just happened, in a corner of the page. A file of its own, so that it can come after the first page. */
import { Notifications } from '@mantine/notifications';
import type { ReactElement } from 'react';

export function Notices(): ReactElement {
  return <Notifications position="bottom-right" autoClose={6000} />;
}
