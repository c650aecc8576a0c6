/** The story told with kubectl and the files in manifests/: what Argo CD, Flux or another controller does too. */
import { chooseSealingKey, parsePublicKeys, sealHpke } from '../../src/sealing/index.ts';
import { output, type Kubectl } from './kubectl.ts';
import { expectThat, seconds, until, type Story } from './story.ts';

interface KubectlPeople {
  readonly alice: Kubectl;
  readonly bob: Kubectl;
}

export async function tellWithKubectl(story: Story, people: KubectlPeople): Promise<void> {
  await keepAndUse(story, people);
  await share(story, people);
  await takeBack(story, people);
}

async function keepAndUse(story: Story, { alice, bob }: KubectlPeople): Promise<void> {
  await story.step('Alice seals a token; only ciphertext is applied', async () => {
    const text = await until('the sealing keys', async () => {
      const { code, out } = await alice(
        '-n neuro-system get configmap neuro-sealing-keys -o jsonpath={.data.keys\\.json}',
      );
      return code === 0 && out !== '' ? out : undefined;
    });
    const key = await chooseSealingKey(await parsePublicKeys(text));
    const context = { namespace: 'alice', name: 'api-token', key: 'api-token' };
    const sealed = await sealHpke(key, context, new TextEncoder().encode('t0ken-of-alice'));
    const spec = { sealed: { value: sealed } };
    await output(alice('apply -f -', object('UserSecret', 'alice', 'api-token', spec)));
    await output(alice('-n alice wait --for=condition=Ready usersecret/api-token --timeout=20s'));
    const data = await output(alice('-n alice get secret api-token -o jsonpath={.data.api-token}'));
    expectThat(Buffer.from(data, 'base64').toString() === 't0ken-of-alice', 'the value in the native Secret', data);
    return `${sealed.slice(0, 34)}… -> Secret alice/api-token`;
  });
  await story.step('Alice applies more: plain, binary, generated, referred to', async () => {
    await output(alice('apply -f manifests/samples/10-alice-secrets.yaml'));
    await output(alice('-n alice wait --for=condition=Ready usersecret --all --timeout=20s'));
    const names = await output(alice('-n alice get usersecrets -o name'));
    expectThat(names.trim().split('\n').length === 5, 'five UserSecrets', names);
    return 'five UserSecrets are Ready';
  });
  await story.step('Her job gets one as a variable, one as a file', async () => {
    await output(alice('apply -f manifests/samples/20-alice-job.yaml'));
    await output(alice('-n alice wait --for=condition=Complete neurojob/report --timeout=40s'));
    const logs = await output(alice('-n alice logs report'));
    expectThat(logs.includes('the variable is correct horse battery staple'), 'the variable in the log', logs);
    expectThat(/the file is [A-Za-z0-9]{40}/.test(logs), 'the generated password in the log', logs);
    return 'a non-root busybox printed both';
  });
  await story.step('What was only for the job is gone with it', async () => {
    const left = await until('no snapshot', async () => {
      const names = await output(alice('-n alice get secrets -l neu.ro/job -o name'));
      return names.trim() === '' ? 'none' : undefined;
    });
    return `snapshots left: ${left}`;
  });
  await story.step('Bob cannot see Alice’s secrets', async () => {
    const { code, error } = await bob('-n alice get usersecret db-password');
    expectThat(code !== 0 && error.includes('Forbidden'), 'Forbidden', error);
    return 'Forbidden';
  });
}

async function share(story: Story, { alice, bob }: KubectlPeople): Promise<void> {
  await story.step('Bob’s job names one of them: it waits, and learns nothing', async () => {
    await output(bob('apply -f manifests/samples/40-bob-job.yaml'));
    return until('MissingSecrets', async () => {
      const status = await output(bob('-n bob get neurojob quarterly -o jsonpath={.status.reason}:{.status.message}'));
      return status.startsWith('MissingSecrets:') ? status.slice(status.indexOf(':') + 1) : undefined;
    });
  });
  await story.step('Alice grants; the waiting job starts by itself', async () => {
    await output(alice('apply -f manifests/samples/30-alice-grants.yaml'));
    await output(bob('-n bob wait --for=condition=Complete neurojob/quarterly --timeout=40s'));
    const logs = await output(bob('-n bob logs quarterly'));
    expectThat(logs.includes('Alice lets me use: correct horse battery staple'), 'the value in the log', logs);
    return logs.trim();
  });
  await story.step('Bob sees what is shared with him, without any value', async () => {
    const entry = await output(
      bob('-n bob get configmap neuro-shared-with-me -o jsonpath={.data.alice\\.db-password}'),
    );
    expectThat(entry.includes('"access":"read"') && !entry.includes('horse'), 'an entry without a value', entry);
    const { uri, access, owner } = JSON.parse(entry) as Record<string, string>;
    return `${uri ?? ''} (${access ?? ''}, from ${owner ?? ''})`;
  });
  await story.step('He may use it, but neither read it nor share it on', async () => {
    const read = await bob('-n alice get secret db-password');
    const grant = object('SecretGrant', 'alice', 'mine', {
      secret: 'db-password',
      subject: { kind: 'User', name: 'carol' },
    });
    const shared = await bob('apply -f -', grant);
    expectThat(read.code !== 0 && shared.code !== 0, 'both refused', read.out + shared.out);
    return 'both Forbidden';
  });
}

async function takeBack(story: Story, { alice, bob }: KubectlPeople): Promise<void> {
  await story.step('Alice revokes', async () => {
    await output(alice('-n alice delete secretgrant db-password-bob'));
    const revokedMs = performance.now();
    await until('no access', async () => ((await mayUse(bob)) ? undefined : true));
    return `access ended within ${seconds(performance.now() - revokedMs)}, kubectl included`;
  });
  await story.step('Bob’s next job is refused again', async () => {
    const spec = {
      image: 'busybox:1',
      env: [{ name: 'X', fromSecret: { namespace: 'alice', name: 'db-password' } }],
      scheduleTimeout: '1s',
    };
    await output(bob('apply -f -', object('NeuroJob', 'bob', 'again', spec)));
    await output(bob('-n bob wait --for=condition=Failed neurojob/again --timeout=20s'));
    return (await output(bob('-n bob get neurojob again -o jsonpath={.status.message}'))).trim();
  });
  await story.step('A grant that expires while you watch', async () => {
    const endMs = Math.ceil((Date.now() + 4_000) / 1000) * 1000;
    const expiresAt = new Date(endMs).toISOString();
    const spec = { secret: 'db-password', subject: { kind: 'User', name: 'bob' }, expiresAt };
    await output(alice('apply -f -', object('SecretGrant', 'alice', 'for-a-moment', spec)));
    await until('access', async () => ((await mayUse(bob)) ? true : undefined));
    await new Promise((resolve) => setTimeout(resolve, endMs - Date.now()));
    await until('no access', async () => ((await mayUse(bob)) ? undefined : true), 2_000, 20);
    const phase = await output(alice('-n alice get secretgrant for-a-moment -o jsonpath={.status.phase}'));
    expectThat(phase === 'Expired', 'phase Expired', phase);
    return `gone ${String(Date.now() - endMs)} ms after its time, kubectl included`;
  });
  await story.step('Alice deletes a secret', async () => {
    await output(alice('-n alice delete usersecret api-token'));
    await until('the native Secret gone', async () =>
      (await alice('-n alice get secret api-token')).code === 0 ? undefined : true,
    );
    return 'its native Secret went with it';
  });
}

async function mayUse(bob: Kubectl): Promise<boolean> {
  return (await bob('auth can-i use usersecrets/db-password -n alice')).out.trim() === 'yes';
}

function object(kind: string, namespace: string, name: string, spec: unknown): string {
  return JSON.stringify({ apiVersion: 'neu.ro/v1', kind, metadata: { namespace, name }, spec });
}
