/** Where the value of a secret comes from, as rows of its details: what it follows, with links to it, and how its rotation goes. */
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { calledName, formatSecretUri, TLS_TYPE, type NeuroJob, type UserSecret } from '../../../api/index.ts';
import { certificateFacts, copySource, type CertificateFacts } from '../../../client/index.ts';
import { asClusterError } from '../cluster/errors.ts';
import { neuroJobs, userSecrets } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useLive } from '../cluster/use-live.ts';
import { JobLink } from '../jobs/job-link.tsx';
import { JobPill } from '../jobs/job-pill.tsx';
import { numberText } from '../language/local.ts';
import { asText, visibleControls } from '../parts/bytes.ts';
import type { Fact } from '../parts/facts.tsx';
import { When } from '../parts/when.tsx';
import { texts } from '../texts.ts';
import { CertificateNames } from './certificate-names.tsx';
import { addressOf } from './secret-address.ts';
import { readValue } from './secret-writes.ts';
import { UriText } from './uri-text.tsx';

/** Those that this secret has. */
export function sourceFacts(secret: UserSecret): readonly Fact[] {
  const { spec, status, metadata } = secret;
  const { sharedFrom, template, generate, configMapKeyRef, secretKeyRef, history } = spec;
  const { namespace = '' } = metadata;
  const uri = sharedFrom === undefined ? '' : copySource(sharedFrom);
  const keep = history?.keep;
  return [
    ...when(sharedFrom, () => [texts.secrets.copyOf, <UriText key="copy" uri={uri} />]),
    ...when(secretKeyRef, ({ name, key }) => [
      texts.secrets.from,
      texts.sources.fromSecret(name, key ?? texts.sources.wholePair),
    ]),
    ...when(configMapKeyRef, ({ name, key }) => [texts.secrets.from, texts.sources.fromConfigMap(name, key)]),
    ...when(template, () => [texts.secrets.template, <TemplateFact key="template" secret={secret} />]),
    ...when(generate?.rotateHook, () => [texts.secrets.rotateHook, <HookFact key="hook" secret={secret} />]),
    ...when(status?.rotation?.nextAttempt, (time) => [texts.secrets.nextAttempt, <When key="next" time={time} />]),
    ...(spec.type === TLS_TYPE
      ? [
          [
            texts.sources.certificate,
            <CertificateFact key={`${namespace} ${status?.version ?? ''}`} secret={secret} />,
          ] as const,
        ]
      : []),
    ...when(keep, (count) => [texts.sources.keep, numberText(count)]),
  ];
}

function when<T>(value: T | undefined, fact: (value: T) => Fact): readonly Fact[] {
  return value === undefined ? [] : [fact(value)];
}

function TemplateFact({ secret }: { readonly secret: UserSecret }): ReactElement {
  const { namespace = '' } = secret.metadata;
  const { objects } = useLive(userSecrets, { namespace });
  const { text = '', parts = [] } = secret.spec.template ?? {};
  return (
    <Stack gap={4}>
      <Text size="sm" className="mono wrap">
        {visibleControls(text)}
      </Text>
      {parts.map(({ name, secret: part, encode }) => {
        const found = [...objects.values()].find(({ metadata }) => metadata.name === part);
        return (
          <Text key={name} size="sm" className="wrap" component="div">
            <span className="mono">{`$(${name})`}</span>{' '}
            {found === undefined ? texts.sources.partGone(part) : <SecretLink secret={found} />}
            {encode !== undefined && `, ${texts.sources.encodings[encode]}`}
          </Text>
        );
      })}
    </Stack>
  );
}

function SecretLink({ secret }: { readonly secret: UserSecret }): ReactElement {
  const { namespace = '', name } = secret.metadata;
  const key = calledName(secret);
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => (
        <Link to="/n/$namespace/secrets" params={{ namespace }} search={addressOf({ key, name })} {...props} />
      )}
    >
      {key}
    </Anchor>
  );
}

/** The suspended job, its last run that is still here, and why a rotation waits. */
function HookFact({ secret }: { readonly secret: UserSecret }): ReactElement {
  const { namespace = '', uid } = secret.metadata;
  const { objects } = useLive(neuroJobs, { namespace });
  const hook = secret.spec.generate?.rotateHook ?? '';
  const { rotation } = secret.status ?? {};
  const run = lastRun(objects.values(), uid);
  return (
    <Stack gap={4}>
      {[...objects.values()].some(({ metadata }) => metadata.name === hook) ? (
        <JobLink namespace={namespace} name={hook} />
      ) : (
        <Text size="sm">{texts.sources.hookGone(hook)}</Text>
      )}
      {run !== undefined && (
        <Group gap="xs">
          <Text size="sm">{texts.sources.lastRun}</Text>
          <JobLink namespace={namespace} name={run.metadata.name} />
          <JobPill job={run} />
          <Text size="sm" c="dimmed">
            <When time={run.status?.finishTime ?? run.metadata.creationTimestamp} />
          </Text>
        </Group>
      )}
      {rotation !== undefined && (
        <Text size="sm" className="wrap">
          {texts.sources.attempt(rotation.attempt)}
          {rotation.reason !== undefined && `: ${rotation.reason}`}
          {rotation.message !== undefined && <span lang="en">. {visibleControls(rotation.message)}</span>}
        </Text>
      )}
    </Stack>
  );
}

/** Runs belong to the secret; those of earlier rotations are deleted a day after their end. */
function lastRun(jobs: Iterable<NeuroJob>, uid: string | undefined): NeuroJob | undefined {
  const runs = [...jobs].filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid));
  return runs
    .sort((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '', 'en'))
    .at(-1);
}

/** Read when it is asked for, since the private key comes with it; only what the certificate says is kept. */
function CertificateFact({ secret }: { readonly secret: UserSecret }): ReactElement {
  const cluster = useCluster();
  const [shown, setShown] = useState<CertificateFacts | string>();
  const show = async (): Promise<void> => {
    try {
      setShown(certificateFacts(asText(await readValue(cluster, secret)) ?? '') ?? texts.sources.noCertificate);
    } catch (error) {
      setShown(asClusterError(error).message);
    }
  };
  if (typeof shown === 'object') return <CertificateNames facts={shown} />;
  return (
    <Stack gap={4} align="start">
      <Button size="compact-xs" variant="default" onClick={() => void show()}>
        {texts.sources.showCertificate}
      </Button>
      {shown !== undefined && (
        <Text size="sm" role="status">
          {shown}
        </Text>
      )}
      <Text size="xs" c="dimmed" className="wrap">
        {texts.sources.partUris(`${formatSecretUri({ key: calledName(secret) })}#tls.crt`)}
      </Text>
    </Stack>
  );
}
