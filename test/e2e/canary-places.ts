/** Places outside of the API where a value could show: endpoints of the operator, logs of the cluster, and the operator's containers. */
import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { operatorNamespace, type InCluster } from '../support/in-cluster.ts';
import { patternsOf, type Canary, type Place } from '../support/in-cluster-canary.ts';
import { operatorPods } from '../support/in-cluster-operator.ts';

/** Larger files in the container are the program and its libraries, which come with the image. */
const largestFileBytes = 4 * 1024 * 1024;

/** What the operator shows over HTTP. */
export async function endpoints(cluster: InCluster): Promise<readonly Place[]> {
  const pods = await operatorPods(cluster);
  const paths = ['8081/proxy/metrics', '8081/proxy/healthz', '8081/proxy/readyz', '8080/proxy/v1/cert.pem'];
  const asked = pods.flatMap(({ metadata }) =>
    paths.map(async (path) => {
      const uri = `/api/v1/namespaces/${operatorNamespace}/pods/${metadata.name}:${path}`;
      return { where: uri, text: await cluster.output('admin', ['get', '--raw', uri]) };
    }),
  );
  return Promise.all(asked);
}

/** Of the control plane and the node, and the audit log. */
export async function logsOfTheCluster(cluster: InCluster): Promise<readonly Place[]> {
  const folder = cluster.folder.file('logs');
  const names = await readdir(folder);
  expect(names).toEqual(expect.arrayContaining(['audit.log', 'kube-apiserver.log']));
  return Promise.all(names.map(async (name) => ({ where: name, text: await readFile(`${folder}/${name}`, 'latin1') })));
}

interface Inside {
  readonly findings: readonly string[];
  /** Files and the like that were searched. */
  readonly read: number;
  readonly large: readonly string[];
  readonly commandLine: string;
  readonly nodeOptions: string;
  readonly couldWrite: readonly string[];
}

/** The patterns go in by standard input, so that the search does not find itself. */
export async function lookInto(cluster: InCluster, pod: string, canaries: readonly Canary[]): Promise<Inside> {
  const patterns = patternsOf(canaries).map(({ pattern }) => Buffer.from(pattern, 'latin1').toString('base64'));
  const script = `
    const fs = require('node:fs');
    const patterns = JSON.parse(fs.readFileSync(0, 'utf8')).map((text) => Buffer.from(text, 'base64'));
    const result = { findings: [], read: 0, large: [], commandLine: '', nodeOptions: '', couldWrite: [] };
    const look = (path) => {
      let bytes;
      try { bytes = fs.readFileSync(path); } catch { return; }
      result.read += 1;
      if (patterns.some((pattern) => bytes.includes(pattern))) result.findings.push(path);
    };
    const walk = (folder) => {
      let entries = [];
      try { entries = fs.readdirSync(folder, { withFileTypes: true }); } catch { return; }
      for (const entry of entries) {
        const path = folder + (folder === '/' ? '' : '/') + entry.name;
        if (['/proc', '/sys', '/dev'].includes(path)) continue;
        if (entry.isDirectory()) walk(path);
        else if (entry.isFile() && fs.statSync(path).size > ${String(largestFileBytes)}) result.large.push(path);
        else if (entry.isFile()) look(path);
      }
    };
    walk('/');
    walk('/dev/shm');
    for (const id of fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)))
      for (const part of ['cmdline', 'environ']) look('/proc/' + id + '/' + part);
    result.commandLine = fs.readFileSync('/proc/1/cmdline', 'utf8').replaceAll('\\0', ' ');
    const environment = fs.readFileSync('/proc/1/environ', 'utf8').split('\\0');
    result.nodeOptions = environment.find((variable) => variable.startsWith('NODE_OPTIONS=')) ?? '';
    for (const folder of ['/', '/app', '/tmp', '/var', process.cwd()]) {
      try { fs.writeFileSync(folder + '/probe', ''); result.couldWrite.push(folder); } catch {}
    }
    process.stdout.write(JSON.stringify(result));`;
  const args = ['exec', '-i', pod, '-n', operatorNamespace, '--', '/usr/local/bin/node', '-e', script];
  return JSON.parse(await cluster.output('admin', args, JSON.stringify(patterns))) as Inside;
}
