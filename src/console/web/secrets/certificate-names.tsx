/** What a certificate is for, by whom, and until when. */
import { Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { CertificateFacts } from '../../../client/index.ts';
import { dateText, listText } from '../language/local.ts';
import { visibleControls } from '../parts/bytes.ts';
import { useNow } from '../parts/use-now.ts';
import { texts } from '../texts.ts';

export function CertificateNames({ facts }: { readonly facts: CertificateFacts }): ReactElement {
  const { names, issuer, notBefore, notAfter } = facts;
  const now = useNow();
  const t = texts.sources;
  return (
    <Text size="sm" className="wrap">
      {t.certificateFor(visibleControls(listText(names)), visibleControls(issuer))}{' '}
      {notBefore.getTime() > now && `${t.validFrom(dateText(notBefore))} `}
      {notAfter.getTime() > now ? t.validUntil(dateText(notAfter)) : <b>{t.validEnded(dateText(notAfter))}</b>}
    </Text>
  );
}
