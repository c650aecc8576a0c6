/** The story told with `neuro`: every line as alice and bob type it, each with the rights of their own kubeconfig. */
import type { DevCluster } from '../../tools/devcluster/index.ts';
import { expectThat, seconds, until, type Story } from './story.ts';
import { typist, type Typist } from './typing.ts';

interface People {
  readonly alice: Typist;
  readonly bob: Typist;
}

export async function tellWithNeuro(story: Story, cluster: DevCluster): Promise<void> {
  const people = { alice: typist(cluster, 'alice', story), bob: typist(cluster, 'bob', story) };
  // The operator makes its first keys when it begins.
  await until('the sealing keys', async () =>
    (await people.alice.type('echo x | neuro secret seal probe -', false)).code === 0 ? true : undefined,
  );
  await keepAndUse(story, people);
  await share(story, people);
  await takeBack(story, people);
}

async function keepAndUse(story: Story, { alice }: People): Promise<void> {
  await story.step('Alice adds a token; only ciphertext leaves her machine', async () => {
    await alice.does("printf 't0ken-of-alice' | neuro secret add API_TOKEN -");
    const stored = (await alice.type('kubectl -n alice get usersecrets -o yaml', false)).out;
    expectThat(/value: \S{40}/.test(stored) && !stored.includes('t0ken'), 'ciphertext alone in the cluster', stored);
    const value = await alice.does('neuro secret get API_TOKEN');
    expectThat(value === 't0ken-of-alice', 'the value byte for byte', value);
    return `she reads it back: ${value}`;
  });
  await story.step('A password, and a file byte for byte', async () => {
    await alice.does("neuro secret add db-password 'correct horse battery staple'");
    await alice.does('neuro secret add licence @LICENSE');
    const same = await alice.type('neuro secret get licence | cmp - LICENSE', false);
    expectThat(same.code === 0, 'the bytes of the file', same.out + same.error);
    const keys = await alice.does('neuro -q secret ls');
    return keys.trim().split('\n').join(', ');
  });
  await story.step('Her job gets one as a variable, one as a file', async () => {
    const logs = await alice.does(
      'neuro run --env PASSWORD=secret:db-password --volume secret:licence:/etc/app/licence busybox:1 -- ' +
        `sh -c 'echo "the variable is $PASSWORD"; grep -m1 Apache /etc/app/licence'`,
    );
    expectThat(logs.includes('the variable is correct horse battery staple'), 'the variable in the output', logs);
    expectThat(logs.includes('Apache License'), 'the file in the output', logs);
    return 'busybox printed both, and neuro ended with its exit code';
  });
  await story.step('A job that runs: look into it, and end it', async () => {
    await alice.does("neuro run --detach --name service --env TOKEN=secret:API_TOKEN busybox:1 -- 'sleep 600'");
    const token = await alice.does("neuro exec service -- sh -c 'echo $TOKEN'");
    expectThat(token === 't0ken-of-alice\n', 'the token in the job', token);
    await alice.does('neuro kill service');
    return `inside it TOKEN is ${token.trim()}`;
  });
  await story.step('What was only for the jobs is gone with them', async () =>
    until('no snapshot', async () => {
      const names = await alice.type('kubectl -n alice get secrets -l neu.ro/job -o name', false);
      return names.out.trim() === '' ? 'snapshots left: none' : undefined;
    }),
  );
}

async function share(story: Story, { alice, bob }: People): Promise<void> {
  await story.step('Bob cannot read it, nor use it; he is told whom to ask', async () => {
    await bob.isRefused('neuro secret get secret:/alice/db-password', 77);
    const error = await bob.isRefused('neuro run --env X=secret:/alice/db-password busybox:1 -- true', 77);
    const advice = /ask alice to run `([^`]*)`/.exec(error)?.[1];
    expectThat(advice !== undefined, 'whom to ask', error);
    return `“ask alice to run \`${advice ?? ''}\`”`;
  });
  await story.step('A job that came by git waits, and learns nothing', async () => {
    await bob.does('kubectl apply -f manifests/samples/40-bob-job.yaml');
    return until('MissingSecrets', async () => {
      const status = (await bob.type('neuro status quarterly', false)).out;
      return /MissingSecrets/.test(status) ? /Missing secrets: .*/.exec(status)?.[0] : undefined;
    });
  });
  await story.step('Alice shares; the waiting job starts by itself', async () => {
    await alice.does('neuro share secret:db-password bob');
    const logs = await bob.does('neuro logs quarterly');
    expectThat(logs.includes('Alice lets me use: correct horse battery staple'), 'the value in the output', logs);
    return logs.trim();
  });
  await story.step('Bob sees what is shared with him, without any value', async () => {
    const list = await bob.does('neuro secret ls --shared-with-me');
    expectThat(list.includes('secret:/alice/db-password') && !list.includes('horse'), 'the URI alone', list);
    return (list.trim().split('\n').at(-1) ?? '').replace(/ +/g, ' ');
  });
  await story.step('He may use it, but neither read it nor share it on', async () => {
    await bob.does('neuro run --env X=secret:/alice/db-password busybox:1 -- true');
    await bob.isRefused('neuro secret get secret:/alice/db-password', 77);
    await bob.isRefused('neuro share secret:/alice/db-password carol', 77);
    return 'used once; reading and sharing are refused';
  });
}

async function takeBack(story: Story, { alice, bob }: People): Promise<void> {
  await story.step('Alice revokes; Bob’s next job is refused', async () => {
    await alice.does('neuro acl revoke secret:db-password bob');
    const revokedMs = performance.now();
    await until('no access', async () => ((await mayUse(bob)) ? undefined : true));
    const tookMs = performance.now() - revokedMs;
    await bob.isRefused('neuro run --env X=secret:/alice/db-password busybox:1 -- true', 77);
    return `access ended within ${seconds(tookMs)}, kubectl included`;
  });
  await story.step('A grant that expires while you watch', async () => {
    await alice.does('neuro share secret:db-password bob --expires 3s');
    await until('access', async () => ((await mayUse(bob)) ? true : undefined));
    const usableMs = performance.now();
    await until('no access', async () => ((await mayUse(bob)) ? undefined : true), 10_000, 20);
    const list = await alice.does('neuro acl ls --shared');
    expectThat(!list.includes('bob'), 'nothing shared with bob', list);
    return `he had access for ${seconds(performance.now() - usableMs)}; now nothing is shared`;
  });
  await story.step('Alice removes a secret, and its grants go with it', async () => {
    const said = await alice.does('neuro secret rm db-password --force');
    const left = await alice.does('neuro -q secret ls');
    expectThat(!left.includes('db-password'), 'the secret gone', left);
    return said.trim();
  });
}

async function mayUse(bob: Typist): Promise<boolean> {
  return (await bob.type('kubectl auth can-i use usersecrets/db-password -n alice', false)).out.trim() === 'yes';
}
