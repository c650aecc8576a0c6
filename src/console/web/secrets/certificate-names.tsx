/** What a certificate is for, by whom, and until when. */
import { Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { CertificateFacts } from '../../../client/index.ts';
import { listText } from '../language/local.ts';
import { visibleControls } from '../parts/bytes.ts';
import { dayText } from '../parts/day.ts';
import { useNow } from '../parts/use-now.ts';
import { texts } from '../texts.ts';

export function CertificateNames({ facts }: { readonly facts: CertificateFacts }): ReactElement {
  const { names, issuer, notBefore, notAfter } = facts;
  const now = useNow();
  const t = texts.sources;
  return (
    <Text size="sm" className="wrap">
      {t.certificateFor(visibleControls(listText(names)), visibleControls(issuer))}{' '}
      {notBefore.getTime() > now && `${t.validFrom(dayOf(notBefore))} `}
      {notAfter.getTime() > now ? t.validUntil(dayOf(notAfter)) : <b>{t.validEnded(dayOf(notAfter))}</b>}
    </Text>
  );
}

function dayOf(time: Date): string {
  return dayText(time.toISOString().slice(0, 10));
}
