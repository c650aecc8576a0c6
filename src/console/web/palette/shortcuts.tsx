/** `?`: every key that does something. */
import { Kbd } from '@mantine/core';
import { Fragment, type ReactElement } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { texts } from '../texts.ts';
import styles from './palette.module.css';

export function Shortcuts({ onClose }: { readonly onClose: () => void }): ReactElement {
  return (
    <Dialog title={texts.shortcuts.title} size="lg" onClose={onClose}>
      <dl className={styles['keys']}>
        {texts.shortcuts.keys.map(([keys, what]) => (
          <Fragment key={keys}>
            <dt>
              {keys.split(', ').map((one) => (
                <Kbd key={one}>{one}</Kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </Fragment>
        ))}
      </dl>
    </Dialog>
  );
}
