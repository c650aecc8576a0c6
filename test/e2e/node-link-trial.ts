/**
 * Links a node in the network namespace of this process, and removes the link again. Writes as JSON who reached whom, and which addresses the
 * kernel announced meanwhile. To be run in a network namespace of its own.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { linkNode, removeLink } from '../../tools/devcluster/node/node-link.ts';
import { nodeNetwork } from '../../tools/devcluster/node/node-network.ts';
import { untilTrue } from '../support/until.ts';

const network = { ...nodeNetwork(0), linkName: 'trial0' };
/** In the range of the Pods, which the host reaches through the node. */
const podAddress = network.podCidr.replace(/0\/\d+$/, '5');
/** Announced last: what came before it has been heard. */
const sentinel = '198.18.0.1';
const port = 8080;

/** Says who reached it, and by which address. */
const serve = `require('node:http')
  .createServer(({ socket }, response) => response.end(socket.remoteAddress + ' > ' + socket.localAddress))
  .listen(${String(port)}, '0.0.0.0', () => console.log('listens'))`;
const ask = `fetch('http://' + process.argv[1] + ':${String(port)}')
  .then((response) => response.text()).then((text) => process.stdout.write(text))`;

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' });
const networkOf = (pid: number | 'self'): string => readlinkSync(`/proc/${String(pid)}/ns/net`);

ip('link', 'set', 'lo', 'up');
const monitor = spawn('ip', ['monitor', 'address']);
let announced = '';
monitor.stdout.on('data', (chunk: Buffer) => (announced += chunk.toString()));
const node = spawn('unshare', ['--net', 'sleep', 'infinity']);
const pid = node.pid ?? 0;
await untilTrue(() => networkOf(pid) !== networkOf('self'), 'the network namespace of the node');
/** A command that runs the command behind it in some place. */
type Place = readonly [command: string, ...words: string[]];
const onHost: Place = ['env'];
const onNode: Place = ['nsenter', `--target=${String(pid)}`, '--net', '--'];
await linkNode(pid, network, port);
execFileSync('nsenter', [...onNode.slice(1), 'ip', 'address', 'add', podAddress, 'dev', 'lo']);
const servers = [onHost, onNode].map(([command, ...words]) =>
  spawn(command, [...words, process.execPath, '-e', serve]),
);
await Promise.all(servers.map((server) => once(server.stdout, 'data')));
const asked = ([command, ...words]: Place, address: string): string =>
  execFileSync(command, [...words, process.execPath, '-e', ask, address], { encoding: 'utf8' });
const reached = {
  'node to host': asked(onNode, network.hostAddress),
  'host to node': asked(onHost, network.nodeAddress),
  'host to Pod': asked(onHost, podAddress),
};
await removeLink(network.linkName);
const routesLeft = ip('route', 'show', 'table', 'all').includes(network.hostAddress);
ip('address', 'add', sentinel, 'dev', 'lo');
await untilTrue(() => announced.includes(sentinel), 'the announcement of the last address');
for (const child of [...servers, node, monitor]) child.kill();
const addresses = [...announced.matchAll(/inet6? ([0-9a-f.:]+)/g)].map(([, address]) => address);
process.stdout.write(JSON.stringify({ reached, routesLeft, addresses }));
