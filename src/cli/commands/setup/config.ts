/** `neuro config`: where the command works and as whom, and another context. All of it is the kubeconfig. */
import { refuseBeside } from '../../args/refuse-beside.ts';
import type { Invocation } from '../../factory.ts';
import { homeOf, userName } from '../../homes/home.ts';
import { kubeconfigPaths, noContext, readKubeconfig, useContext, type ContextEntry } from '../../connect/kubeconfig.ts';
import { knownOperatorNamespace } from '../../operator/operator-namespace.ts';
import { printObjects } from '../../output/objects.ts';
import { note, say } from '../../output/say.ts';
import { printLines } from '../../output/print.ts';
import { sentenceOf } from '../../output/report-error.ts';
import { printFields, printRows } from '../../output/table.ts';

export async function configShow(run: Invocation): Promise<void> {
  const { options, io } = run;
  // Without a context to use, this fails with the reason.
  const connection = await run.connect();
  const { contextName, server } = connection.access;
  // In a Pod there are no kubeconfig files.
  const files = contextName === undefined ? [] : (await readKubeconfig(kubeconfigPaths(options, io.env))).files;
  const failures = new Set<string>();
  const orWhy = (found: Promise<string>): Promise<string> =>
    found.catch((error: unknown) => {
      const sentence = sentenceOf(run, error);
      failures.add(sentence);
      return sentence;
    });
  const [user, home, operatorNamespace] = await Promise.all([
    orWhy(userName(connection)),
    orWhy(homeOf(connection, options)),
    orWhy(
      knownOperatorNamespace(connection, options).then((known) => known ?? 'not known: the cluster does not name it'),
    ),
  ]);
  const shown = {
    kubeconfig: files.join(', '),
    context: contextName ?? '',
    cluster: connection.clusterName,
    server,
    user,
    namespace: home,
    operatorNamespace,
  };
  if (
    await printObjects(run, [shown], {
      nameOf: () => `context/${contextName ?? connection.clusterName}`,
      isList: false,
    })
  )
    return;
  const again = (text: string): string => (text === user && failures.has(text) ? '(as above)' : text);
  printFields(run, [
    ['Kubeconfig', contextName === undefined ? 'none; the service account of this Pod' : shown.kubeconfig],
    ['Context', shown.context],
    ['Cluster', shown.cluster],
    ['Server', shown.server],
    ['User', user],
    ['Namespace', again(home)],
    ['Operator in', again(operatorNamespace)],
  ]);
}

export async function configContexts(run: Invocation): Promise<void> {
  const { contexts, files } = await readKubeconfig(kubeconfigPaths(run.options, run.io.env));
  if (await printObjects(run, contexts, { nameOf: ({ name }: ContextEntry) => `context/${name}` })) return;
  if (run.options.quiet === true) {
    printLines(
      run,
      contexts.map(({ name }) => name),
    );
    return;
  }
  printRows(
    run,
    [
      { title: 'CURRENT', cell: ({ isCurrent }: ContextEntry) => (isCurrent ? '*' : '') },
      { title: 'NAME', cell: ({ name }) => name },
      { title: 'CLUSTER', cell: ({ cluster }) => cluster },
      { title: 'USER', cell: ({ user }) => user },
      { title: 'NAMESPACE', cell: ({ namespace }) => namespace ?? '' },
    ],
    contexts,
  );
  if (contexts.length === 0) note(run, `No contexts in ${files.join(', ')}; give --kubeconfig or set KUBECONFIG.`);
}

export async function configUse(run: Invocation, name: string): Promise<void> {
  refuseBeside(run.options, 'Only the current context changes', ['namespace', 'context']);
  const paths = kubeconfigPaths(run.options, run.io.env);
  const { contexts } = await readKubeconfig(paths);
  if (!contexts.some((context) => context.name === name)) throw noContext(name, contexts);
  const path = await useContext(paths, name);
  say(run, `The context is '${name}' now, in ${path}, for kubectl too.`);
}
