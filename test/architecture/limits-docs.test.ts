/**
 * docs/limits.md says what the code does: each row is here with the constants that it stands for, as they are written in their files, and with what
 * the row says of them. A constant that changes, or a row without one, fails.
 */
import { glob, readFile } from 'node:fs/promises';
import { describe, expect, it, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, root), 'utf8');
const document = await read('docs/limits.md');

const rows = document
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:-|what \|)/.test(line))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  .map(([, what = '', bound = '', countedFor = '', why = '', shows = '']) => ({ what, bound, countedFor, why, shows }));

/** The file, the constant as it is written there, and what the row says of it. */
type Constant = readonly [file: string, code: string, says: string];

const console = 'src/console/server/';
const limits = `${console}limits.ts`;
const job = 'src/controllers/neuro-job/';
const secret = 'src/controllers/user-secret/';
const lists = 'src/controllers/shared-with-me/';
const events = 'src/kernel/event-recorder.ts';
const notifier = 'src/operator/notify/notifier.ts';

/** In the order of the page. A row may stand twice. */
const constants: readonly (readonly [what: string, ...constants: Constant[]])[] = [
  ['streams: open lists, logs, terminals', [limits, 'mostStreamsOfUser = 100', '100']],
  ['connections to the page of a job', [`${console}opened/pod-agent.ts`, 'maxConnections = 8', '8 for HTTP']],
  [
    'pages of jobs whose connections are kept',
    [`${console}opened/opened-jobs.ts`, 'maxAgentsOfUser = 30', '30;'],
    [`${console}opened/opened-jobs.ts`, 'maxAgents = 2_000', '2,000'],
  ],
  ['silence on such a connection', [`${console}opened/pod-connection.ts`, 'silenceLimitMs = 10 * 60_000', '10 min']],
  [
    'bytes that wait in one',
    [`${console}opened/pod-connection.ts`, 'bufferBytes = 64 * 1024', '64 KiB'],
    ['src/streams/port-forward.ts', 'maxUnsentBytes = 256 * 1024', '256 KiB'],
  ],
  [
    'requests to pages of jobs whose response has not begun',
    [limits, 'requestsOfUser: 32', '32 at once'],
    [limits, 'waitingOfUser: 200', '200 waiting'],
  ],
  [
    'measures of a job in a browser',
    ['src/client/job-use.ts', 'maxSamples = 240', '240'],
    ['src/console/web/jobs/use-job-use.ts', 'mostJobs = 20', '20 jobs'],
  ],
  [
    'notifications of the browser that access ends soon',
    ['src/console/web/notify/news.ts', 'mostOfOwner = 10', '10 an hour'],
  ],
  [
    'objects of a kind on the administration page',
    ['src/console/web/admin/list-all.ts', 'mostObjects = 5_000', '5,000'],
    ['src/console/web/admin/list-all.ts', 'fewestOfPage = 25', '25 to 500'],
    ['src/console/web/admin/list-all.ts', 'mostOfPage = 500', '25 to 500'],
    ['src/console/web/admin/admin-card.tsx', 'mostRows = 200', '200 rows'],
  ],
  [
    'tickets that open a job',
    [`${console}opened/job-tickets.ts`, 'validMs = 30_000', '30 s'],
    [`${console}opened/job-tickets.ts`, 'maxUsedOfUser = 120', '120 in half'],
    [`${console}opened/job-tickets.ts`, 'maxUsed = 3_000', '3,000'],
    [`${console}sessions/ended-record.ts`, 'maxTickets = 6_000', '6,000'],
  ],
  ['headers of a request', [`${console}app.ts`, 'maxHeaderBytes = 32 * 1024', '32 KiB']],
  ['cookies passed to a job', [`${console}opened/passed-headers.ts`, 'maxCookieBytes = 8_000', '8,000 bytes']],
  [
    'streams',
    [limits, 'streamBytes = 270 * 1024', '270 KiB'],
    [limits, 'streamsWithoutLimit = 10_000', '10,000'],
    [limits, 'shareOfStreams = 0.75', '75 %'],
    [limits, 'atRestBytes = 120 * MiB', '120 MiB'],
  ],
  [
    'bytes buffered in streams until the browser reads them',
    [limits, 'heldBytesOfUser: 16 * MiB', '16 MiB'],
    [`${console}streams/held-bytes.ts`, 'allowanceBytes = 1024 * 1024', '1 MiB'],
  ],
  ['bytes buffered in streams', [limits, 'heldBytes: 64 * MiB', '64 MiB']],
  ['one line of a watch', [`${console}streams/whole-lines.ts`, 'longestLineBytes = 4 * 1024 * 1024', '4 MiB']],
  [
    'requests to the API server at once',
    [limits, 'requestsOfUser: 32', '32 of 128'],
    [limits, 'requests: 128', '32 of 128'],
    [limits, 'waitingOfUser: 200', '200'],
    [limits, 'requestsOfEach: 2,', '2 are always'],
    [`${console}proxy/request-gate.ts`, '#requests >= 2 * requests', '256 of all'],
  ],
  [
    'how long a browser may send or read such a request slowly while another user waits for its place',
    [`${console}proxy/request-gate.ts`, 'heldByMostMs = 5_000', '5 s'],
    [`${console}proxy/request-gate.ts`, 'heldByOthersMs = 30_000', '30 s'],
    [`${console}proxy/request-gate.ts`, 'muchLongerMs = 15_000', '15 s more'],
    [`${console}proxy/recent-time.ts`, 'halfLifeMs = 60_000', 'a minute ago counts half'],
  ],
  [
    'questions whether the right to open streams is still there',
    [`${console}streams/access-watch.ts`, 'maxQuestionsOfUser = 16', '16 of 64'],
    [`${console}streams/access-watch.ts`, 'maxQuestions = 64', '16 of 64'],
  ],
  ['silence of a browser to which a response is sent', [limits, 'stallLimitMs: 60_000', '60 s']],
  [
    'pings of a WebSocket without an answer',
    [`${console}streams/keep-alive.ts`, 'mostSilent = 3', '3, one'],
    [`${console}streams/keep-alive.ts`, 'pingEveryMs = 25_000', '25 s'],
  ],
  [
    'bodies of requests in progress',
    [limits, 'bodyBytesOfUser: 8 * MiB', '8 MiB'],
    [limits, 'bodyBytes: 24 * MiB', '24 MiB'],
  ],
  [
    'body of a request',
    ['src/console/contract.ts', 'maxBodyBytes = 3 * 1024 * 1024', '3 MiB'],
    [`${console}login/cluster-routes.ts`, 'maxTokenBodyBytes = 16 * 1024', '16 KiB'],
    [`${console}app.ts`, 'usualBodyBytes = 4 * 1024', '4 KiB'],
  ],
  [
    'slowness of a body',
    [`${console}slow-bodies.ts`, 'leastBytesPerSecond = 8 * 1024', '64 kbit/s'],
    [`${console}slow-bodies.ts`, 'graceMs = 10_000', '10 s'],
    [`${console}slow-bodies.ts`, 'mostMs = 10 * 60_000', '10 min'],
  ],
  ['requests of one connection at once', [`${console}pipelined.ts`, 'mostAtOnce = 8', '8']],
  [
    'message from the browser',
    [`${console}streams/upgrades.ts`, 'maxTerminalMessageBytes = 64 * 1024', '64 KiB'],
    [`${console}streams/upgrades.ts`, 'maxStreamMessageBytes = 1024', '1 KiB'],
  ],
  [
    'connections',
    [limits, 'maxConnections: Math.max(500, maxStreams * 2)', '500'],
    [`${console}open-connections.ts`, 'shareOfStrangers = 0.25', 'a quarter'],
  ],
  [
    'failed logins with a token; failed returns from the provider',
    [`${console}login/login-limits.ts`, 'failures = { burst: 20, refillEveryMs: 3_000 }', '20, then one each 3 s'],
  ],
  [
    'redirects to the provider',
    [`${console}login/login-limits.ts`, 'starts = { burst: 60, refillEveryMs: 500 }', '60, then two a second'],
  ],
  ['logins that wait for the API server', [`${console}login/login-limits.ts`, 'maxUnderWay = 64', '64']],
  [
    'logins that wait for the API server',
    [`${console}login/login-limits.ts`, 'requests: 32, requestsOfUser: 8, requestsOfEach: 2', '8 of 32; the user'],
  ],
  ['entries in the record of log-outs', [`${console}sessions/ended-record.ts`, 'maxSessionsOfUser = 16', '16']],
  ['entries in the record of log-outs', [`${console}sessions/ended-record.ts`, 'maxEntries = 4_000', '4,000']],
  [
    'writes of the record of log-outs',
    [`${console}sessions/shared-ended-sessions.ts`, 'writeGapMs = 1_000', 'one a second'],
  ],
  ['answer of the provider', [`${console}login/oidc-provider.ts`, 'maxAnswerBytes = 1024 * 1024', '1 MiB']],
  [
    'renewals of tokens at the provider',
    [`${console}sessions/token-refresh.ts`, 'requests: 32, requestsOfUser: 4, requestsOfEach: 2', '4 of 32'],
  ],
  [
    'sessions whose renewed tokens are kept',
    [`${console}sessions/remembered-sessions.ts`, 'maxOfUser = 20', '20'],
    [`${console}sessions/remembered-sessions.ts`, 'maxInAll = 4_000', '4,000'],
  ],
  [
    'values copied at a time',
    ['src/controllers/byte-budget.ts', 'valuesInFlightBytes = 12 * 1024 * 1024', '12 MiB'],
    ['src/controllers/byte-budget.ts', 'valuesInFlightPerNamespaceBytes = valuesInFlightBytes / 3', '4 MiB'],
    [`${job}take-snapshot.ts`, 'streamedBytes = 2 * MAX_VALUE_BYTES', '2 MiB'],
  ],
  [
    'access reviews',
    ['src/controllers/access-reviews.ts', 'mostInFlight = 32', '32'],
    ['src/controllers/access-reviews.ts', 'mostInFlightPerNamespace = mostInFlight / 4', '8'],
    ['src/controllers/access-reviews.ts', 'burst = 1_000', '1,000'],
    ['src/controllers/access-reviews.ts', 'reviewsPerSecond = 200', '200 a second'],
  ],
  [
    'secrets searched for in last words',
    [`${job}last-words/clear-output.ts`, 'mostSearchedSecrets = 4', '4 native Secrets'],
    [`${job}act.ts`, 'lastWordsBytes = 4 * 1024 * 1024', '4 MiB'],
  ],
  [
    'last words',
    [`${job}last-words/reading.ts`, 'longestText = 4096', '4,096 characters'],
    [`${job}job-memory.ts`, 'longestWordsWaitMs = 10_000', '10 s'],
  ],
  [
    'jobs that have just come, kept whole until their Pod is made',
    [`${job}new-jobs.ts`, 'mostBytes = 1024 * 1024', '1 MiB'],
    [`${job}new-jobs.ts`, 'mostBytesOfOne = 16 * 1024', '16 KiB'],
  ],
  [
    'texts in a status',
    [`${job}status.ts`, 'longestMessage = 4_096', '4,096'],
    [`${job}status.ts`, 'longestConditionMessage = 1_024', '1,024'],
    [`${job}status.ts`, 'longestTransitionMessage = 512', '512'],
    ['src/api/constants.ts', 'MAX_TRANSITIONS = 20', '20'],
  ],
  ['registries whose credentials a job has', ['crds/neurojobs.yaml', 'maxItems: 8', '8']],
  [
    'value',
    ['src/api/constants.ts', 'MAX_VALUE_BYTES = 1024 * 1024', '1 MiB'],
    ['crds/usersecrets.yaml', 'size(self.value) <= 1402220', '1,402,220'],
  ],
  [
    'clusters and recovery keys that a value is sealed for',
    ['crds/usersecrets.yaml', 'maxItems: 7', '8'],
    ['src/sealing/recovery-recipients.ts', 'MAX_RECOVERY_RECIPIENTS = 4', '4 of them'],
    ['crds/usersecrets.yaml', 'maxLength: 131072', '128 KiB'],
  ],
  [
    'template',
    ['crds/usersecrets.yaml', 'maxLength: 8192', '8,192'],
    ['crds/usersecrets.yaml', 'maxItems: 16', '16 parts'],
  ],
  ['composed value · values of its parts together', ['src/api/constants.ts', 'MAX_VALUE_BYTES = 1024 * 1024', '1 MiB']],
  ['certificate pair', ['src/api/tls-pair.ts', 'MAX_PAIR_BYTES = 256 * 1024', '256 KiB']],
  [
    'private key of a certificate pair',
    ['src/controllers/user-secret/private-key.ts', 'longestKey = 16 * 1024', '16 KiB'],
  ],
  [
    'former values',
    ['src/api/constants.ts', 'MAX_FORMER_BYTES = 3 * 1024 * 1024', '3 MiB'],
    ['crds/usersecrets.yaml', 'maximum: 20', '20'],
  ],
  ['time between rotations', [`${secret}native.ts`, 'shortestRotationSeconds = 60', 'one minute']],
  ['names of users and groups', ['crds/secretgrants.yaml', 'size(self.name) <= 512', '512']],
  ['namespace and name', ['crds/neurojobs.yaml', 'at most 217 characters', '217']],
  [
    'variables · files · volumes',
    ['crds/neurojobs.yaml', 'maxItems: 200', '200'],
    ['crds/neurojobs.yaml', 'maxItems: 32', '32'],
    ['crds/neurojobs.yaml', 'maxItems: 16', '16'],
  ],
  ['secrets', ['crds/neurojobs.yaml', 'maxItems: 32', '32']],
  [
    'labels · annotations of the native Secret (`secretMetadata`)',
    ['crds/usersecrets.yaml', 'maxProperties: 8', '8 · 8'],
    ['crds/usersecrets.yaml', 'maxLength: 1024', '1,024'],
  ],
  ['descriptions', ['crds/usersecrets.yaml', 'maxLength: 4096', '4,096']],
  [
    'generated values that came back from a dump and were deleted by the garbage collector',
    [`${secret}returned-values.ts`, 'mostBytes = 8_192', '8 KiB each'],
    [`${secret}returned-values.ts`, 'mostBytesOfNamespace = 128 * 1024', '128 KiB'],
    [`${secret}returned-values.ts`, 'mostBytesOfAll = 8 * 1024 * 1024', '8 MiB'],
    [`${secret}returned-values.ts`, 'heldMs = 600_000', 'ten minutes'],
  ],
  ['workers of a controller', ['src/kernel/controller.ts', 'mostPerGroup: Math.ceil(concurrency / 2)', 'half of them']],
  ['order of work', ['src/kernel/work-queue.ts', 'backgroundTurn = 4', 'one key in turn']],
  ['timers and resyncs', ['src/kernel/work-queue.ts', 'backgroundTurn = 4', 'every fourth turn']],
  ['delay of a retry', ['src/kernel/work-queue.ts', 'limitMs: 30_000', '30 s']],
  [
    'entries in `neuro-shared-with-me`',
    [`${lists}entries.ts`, 'mostEntriesOfOne = 100', '100'],
    [`${lists}entries.ts`, 'mostBytesOfOne = 32 * 1024', '32 KiB'],
  ],
  ['size of `neuro-shared-with-me`', [`${lists}entries.ts`, 'mostBytes = 256 * 1024', '256 KiB']],
  [
    'changes of lists',
    [`${lists}wake.ts`, 'wakeBurst = 30', '30 at once'],
    [`${lists}wake.ts`, 'wakeRefillMs = 2_000', 'one each 2 seconds'],
  ],
  ['lists', [`${lists}gather.ts`, "name.startsWith('kube-')", 'never `kube-*`']],
  ['copies of one secret that have a value', [`${secret}copies.ts`, 'mostCopiesOfSecret = 1_000', '1,000']],
  ['copies that have a value', [`${secret}copies.ts`, 'mostCopiesInNamespace = 250', '250']],
  [
    'questions about a copy that has no value',
    [`${secret}copies.ts`, 'lookAgainMs = 60_000', 'one a minute'],
    [`${secret}copies.ts`, 'copiesAskedOften = 50', '51 copies'],
  ],
  ['values copied into copies at a time', [`${secret}obtain.ts`, 'deps.budget.take(', 'the bytes of jobs']],
  [
    'bytes written again in a minute: values of jobs and copies, values that are restored, rotated or referred to, statuses that changed, RoleBindings of more than 4 KiB (some 40 homes) in which somebody gains access',
    ['src/controllers/write-rates.ts', 'changedBytesPerMinute = 6 * 1024 * 1024', '6 MiB'],
  ],
  [
    'bytes of statuses in which only details changed: counts and uses of a secret, what a job waits for',
    ['src/controllers/write-rates.ts', 'detailBytesPerMinute = 2 * 1024 * 1024', '2 MiB'],
  ],
  [
    'ConfigMaps that are watched for `configMapKeyRef`; others are read each minute',
    ['src/controllers/named-config-maps.ts', 'mostWatchesInNamespace = 4', '4'],
    ['src/controllers/named-config-maps.ts', 'mostWatches = 64', '64'],
  ],
  [
    "next value · unfinished job of a rotation's hook · its former jobs",
    ['src/controllers/user-secret/hook-run.ts', 'keptRuns = 2', '1 · 1 · 2'],
  ],
  [
    'tries of a hook that fails',
    [
      'src/controllers/user-secret/rotation.ts',
      'pausesMs = [60_000, 300_000, 1_800_000, 7_200_000, 86_400_000]',
      'after 1 min, 5 min, 30 min, 2 h, then once a day',
    ],
  ],
  [
    "time of a hook's job that has no `lifeSpan` · until it is deleted without `ttlAfterFinished`",
    ['src/controllers/user-secret/hook-run.ts', "runLifeSpan = '1h'", '1 h'],
    ['src/controllers/user-secret/hook-run.ts', "runTtl = '1d'", '1 d'],
  ],
  [
    'jobs of schedules · unfinished jobs of a schedule · longest name of a schedule',
    ['src/controllers/neuro-schedule/act.ts', 'mostJobsPerMinute = 60', '60 a minute'],
    ['src/controllers/neuro-schedule/plan.ts', 'mostActive = 50', '50'],
    ['crds/neuroschedules.yaml', 'size(self.metadata.name) <= 52', '52 characters'],
  ],
  ['jobs of one schedule that are looked at', ['src/controllers/neuro-schedule/runs.ts', 'mostRuns = 1_000', '1,000']],
  [
    "chain of grants on each other's right",
    ['src/controllers/granters.ts', 'longestChain = 16', '16 steps'],
    ['src/controllers/granters.ts', 'mostSupporters = 256', '256 grants'],
  ],
  [
    'granters whose right is searched for at a question',
    ['src/controllers/grants-behind.ts', 'mostSearches = 4', '4, until'],
  ],
  [
    'writes that restore what something else changes · pairs of sealing keys',
    ['src/controllers/repair-limiter.ts', 'mostRepairs = 10', '10 at once'],
    ['src/controllers/repair-limiter.ts', 'shortestMs: 1_000, longestMs: 60_000', 'pauses of 1 second to 1 minute'],
    [
      'src/controllers/sealing-key/key-repairs.ts',
      'mostAtOnce: 3, shortestMs: 60_000, longestMs: 3_600_000',
      '3 at once, then after 1 minute to 1 hour',
    ],
  ],
  [
    'record of uses',
    [`${secret}uses.ts`, 'mostUses = 16', '16 service accounts'],
    [`${secret}uses.ts`, 'usesDelayMs = 60_000', 'once a minute'],
  ],
  [
    'events',
    [events, 'objectBurst = 25', '25'],
    [events, 'objectRefillEveryMs = 300_000', 'one each 5 minutes'],
    [events, 'namespaceBurst = 200', '200'],
    [events, 'namespaceRefillEveryMs = 500', 'two a second'],
    [events, 'globalBurst = 500', '500'],
    [events, 'globalRefillEveryMs = 20', 'fifty a second'],
  ],
  [
    'messages to the webhook',
    [notifier, 'namespaceBurst = 20', '20'],
    [notifier, 'namespaceRefillEveryMs = 30_000', 'two a minute'],
    [notifier, 'longestQueue = 1_000', '1,000'],
    [notifier, 'globalBurst = 20', '20'],
    [notifier, 'globalRefillEveryMs = 1_000', 'one a second'],
  ],
  ['messages to the webhook that are sent at a time', [notifier, 'sendersAtOnce = 4', '1 of 4']],
  [
    'tries of a message to the webhook · wait for each answer',
    [notifier, 'maxTries = 4', '4'],
    ['src/operator/notify/webhook.ts', 'timeoutMs = 10_000', '10 s'],
  ],
  [
    'log lines about failing objects',
    ['src/operator/log-budget.ts', 'burst = 20', '20'],
    ['src/operator/log-budget.ts', 'refillEveryMs = 10_000', 'one each 10 s'],
  ],
  ['labels of metrics', ['src/kernel/metrics.ts', 'neuro_operator_bound_hits_total', 'fixed words']],
];

test('each row is here, in the order of the page', () => {
  expect(constants.map(([what]) => what)).toEqual(rows.map(({ what }) => what));
});

describe.each(rows.map((row, at) => ({ ...row, at })))('$what: $bound', ({ at, bound, countedFor, why, shows }) => {
  const [, ...its] = constants[at] ?? [''];

  it('says for whom it is counted, why, and where it shows', () => {
    expect([countedFor, why, shows].every((cell) => cell !== '')).toBe(true);
  });

  it.each(its)('%s has %s: %s', async (file, code, says) => {
    expect(await read(file)).toContain(code);
    expect(bound).toContain(says);
  });

  it('has its reason in the code', async () => {
    const isConstant = ([path, code]: Constant): boolean => path.endsWith('.ts') && / = \d/.test(code);
    for (const [file, code] of its.filter(isConstant)) {
      const lines = (await read(file)).split('\n');
      const line = lines.findIndex((each) => each.includes(code));
      expect(lines.slice(Math.max(0, line - 8), line + 1).join('\n')).toMatch(/\/\*\*|\/\/|\* /);
    }
  });
});

test('each bound that a metric counts is on the page', async () => {
  const names = new Set<string>();
  for await (const file of glob('src/{controllers,operator}/**/*.ts', { cwd: root.pathname }))
    for (const [, name = ''] of (await read(file)).matchAll(/onBound\??\.?\('(\w+)'\)|rate\(\w+, '(\w+)'\)/g))
      names.add(name);
  const rates = (await read('src/controllers/write-rates.ts')).matchAll(/rate\(\w+, '(\w+)'\)/g);
  for (const [, name = ''] of rates) names.add(name);
  names.delete('');
  expect(names.size).toBeGreaterThan(4);
  expect([...names].filter((name) => !document.includes(name))).toEqual([]);
});
