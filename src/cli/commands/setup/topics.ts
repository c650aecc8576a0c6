/** What people come to do, from the first step to the last: `neuro help TOPIC`. */
interface Topic {
  readonly summary: string;
  readonly text: string;
}

export const topics: Readonly<Record<string, Topic>> = {
  secrets: {
    summary: 'keep a password, a token or a file, and use it',
    text: `A secret has a key and a value. The value is sealed on this machine before it is sent.

  neuro secret add db-password                 asks for the value and does not show it
  neuro secret add tls-key @server.key         the bytes of a file
  neuro secret ls                              mine, and those shared with me
  neuro secret get db-password                 prints the value
  neuro secret usage db-password               who can use it, and which jobs do
  neuro secret exec --env PGPASSWORD=secret:db-password -- psql -h db
  neuro secret rm db-password                  removes it, and the grants that neuro made for it
`,
  },
  sharing: {
    summary: 'let other people, groups and namespaces use a secret',
    text: `A grant lets the jobs of a person, a group, a service account or a namespace use a secret.
read: use it in jobs · copy: also keep a copy · write: replace or remove it · manage: share it.

  neuro share secret:db-password bob --expires 7d
  neuro share secret:db-password group:analysts write
  neuro acl ls --shared                        what I share, on whose right, until when
  neuro acl ls                                 what is shared with me
  neuro acl revoke secret:db-password bob      ends the access

Anyone who runs a job with a secret can print its value. Replace the value after you revoke access.
`,
  },
  jobs: {
    summary: 'run a container with secrets, look at it, end it',
    text: `A secret is a variable (--env) or a file (--volume) of a job. secret:KEY is mine, secret:/OWNER/KEY is shared with me.

  neuro run --env PASSWORD=secret:db-password busybox:1 -- sh -c 'echo \${#PASSWORD}'
  neuro run --volume secret:tls-key:/etc/tls/key --detach nginx
  neuro run --check --env PASSWORD=secret:/bob/db-password busybox:1
  neuro ps                                     jobs that have not finished
  neuro status nginx-7f3a                      the details of a job
  neuro logs nginx-7f3a                        its output, until it ends
  neuro exec nginx-7f3a -- sh                  a shell in it
  neuro port-forward nginx-7f3a 8080:80        a port of this machine leads to it
  neuro kill nginx-7f3a                        ends it
  neuro run --schedule '0 3 * * 1-5' nginx     a job at 03:00 on weekdays
  neuro schedule ls                            schedules, and when they run next
`,
  },
  schedules: {
    summary: 'run a job at set times',
    text: `A schedule makes a job from its template at the times of a cron line: minute, hour, day, month, day of the week.

  neuro run --schedule '0 3 * * 1-5' --time-zone Europe/Berlin --name nightly busybox:1 -- date
  neuro schedule ls                            all schedules, the last result and the next time
  neuro schedule show nightly                  one schedule, with its jobs
  neuro schedule run-now nightly               a job now
  neuro schedule pause nightly                 no more jobs
  neuro schedule resume nightly                goes on; what was missed is not made up for
  neuro schedule rm nightly                    removes it and its jobs; --keep-jobs leaves the jobs

Each job takes the values that its secrets have when it starts.
`,
  },
  opening: {
    summary: 'open the page of a job, and the web console',
    text: `A job that serves a page, such as Jupyter, names its port with --http-port.

  neuro run --http-port 8888 --name notebook --detach jupyter/base-notebook
  neuro port-forward notebook --open           opens the page in a browser, until Ctrl-C
  neuro console                                the web console on this machine, with your kubeconfig
  neuro open notebook                          the console at this job; --no-open prints the address
  neuro open secret:db-password                the console at this secret

Other machines cannot reach these ports. Each address of the console works for one browser, once.
`,
  },
  sources: {
    summary: 'values that are not typed: copies, templates, followed and generated ones',
    text: `A secret has one source. Sealed values are typed or read; the others follow something, and change with it.

  neuro secret add token --from secret:/bob/token
  neuro secret add dsn --template 'postgres://$(user):$(pw)@db/app' --part user=db-user --part pw=db-password,percent
  neuro secret add host --from-config-map settings/host
  neuro secret add web-tls --cert server.crt --key server.key
  neuro secret adopt database                  each key of a Secret of another tool
  neuro secret rotate session-key              a new value for a generated secret

--from needs a grant of level copy. kubectl and the console make generated secrets (spec.generate).
`,
  },
  notifications: {
    summary: 'reminders to rotate, and messages when a job ends',
    text: `A date on a secret is a reminder; the value does not change by itself.

  neuro secret rotate-by db-password 90d       replace the value within 90 days
  neuro secret ls --rotate-soon                what is due within two weeks, or overdue
  neuro job wait nightly                       waits for the end of a job; exits with its exit code
  neuro console                                the menu of your name turns on notifications of the browser

The operator can also send messages to a chat: an administrator sets notifications.webhookSecret of the chart.
`,
  },
  git: {
    summary: 'keep sealed secrets in git, and apply them with kubectl, Argo CD or Flux',
    text: `A sealed manifest can only be opened by the operator of the cluster that it was sealed for.

  neuro secret seal db-password @value.txt > db-password.yaml
  neuro secret manifest --dir secrets --grants   all of mine, with their grants, as files
  neuro secret reseal                            seals again with the newest key; values stay
`,
  },
  moving: {
    summary: 'import secrets from files, native Secrets and SealedSecrets',
    text: `--dry-run prints what would be imported, and saves nothing.

  neuro secret import .env --dry-run
  neuro secret import .env
  neuro secret import --from-secret database
  neuro secret import --from-sealed-secret database
  neuro secret adopt database                  secrets that follow a Secret of another tool
`,
  },
  people: {
    summary: 'give people a home, and check the cluster (for administrators)',
    text: `A home is a namespace in which one person, or a group, keeps secrets and runs jobs.

  neuro admin add-user bob                     makes the home of bob
  neuro admin ls-users                         people and their homes
  neuro admin remove-user bob                  removes the home
  neuro doctor                                 what is missing, and how to get it
`,
  },
};

/** The topics, one a line, for the help of `help` itself. */
export function topicList(): string {
  const longest = Math.max(...Object.keys(topics).map(({ length }) => length));
  const lines = Object.entries(topics).map(([name, { summary }]) => `  ${name.padEnd(longest)}  ${summary}`);
  return `\nTopics:\n${lines.join('\n')}\n`;
}
