import { expect, test } from 'vitest';
import { proxyFor } from '../../src/kernel/proxy-variables.ts';

const proxy = 'http://proxy.example.com:3128';
const here = 'https://api.example.com:6443';

test.each<[string, string, Record<string, string>, string | undefined]>([
  ['for https', here, { HTTPS_PROXY: proxy }, proxy],
  ['in small letters', here, { https_proxy: proxy }, proxy],
  ['without a scheme', here, { HTTPS_PROXY: 'proxy.example.com:3128' }, proxy],
  ['for http', 'http://api.example.com', { HTTP_PROXY: proxy }, proxy],
  ['of the other scheme', here, { HTTP_PROXY: proxy }, undefined],
  ['that is empty', here, { HTTPS_PROXY: '' }, undefined],
  ['for this machine', 'https://localhost:6443', { HTTPS_PROXY: proxy }, undefined],
  ['for a loopback address', 'https://127.0.0.7:6443', { HTTPS_PROXY: proxy }, undefined],
  ['for a loopback address of IPv6', 'https://[::1]:6443', { HTTPS_PROXY: proxy }, undefined],
])('the proxy of the environment %s', (_name, address, env, wanted) => {
  expect(proxyFor(address, env)?.address).toBe(wanted);
});

test.each<[string, string, boolean]>([
  ['*', here, true],
  ['api.example.com', here, true],
  ['API.Example.com', here, true],
  ['example.com', here, true],
  ['.example.com', here, true],
  ['*.example.com', here, true],
  ['other.example.com, api.example.com ', here, true],
  ['api.example.com:6443', here, true],
  ['api.example.com:443', here, false],
  ['ample.com', here, false],
  ['.api.example.com', here, false],
  ['10.0.0.0/8', 'https://10.1.2.3', true],
  ['10.1.2.3', 'https://10.1.2.3', true],
  ['10.1.2.3:443', 'https://10.1.2.3', true],
  ['2.3', 'https://10.1.2.3', false],
  ['10.0.0.0/8', 'https://11.1.2.3', false],
  ['10.0.0.0/99', 'https://10.1.2.3', false],
  ['fd00::/8', 'https://[fd00::1]', true],
  ['fd00::1', 'https://[fd00::1]', true],
  ['[fd00::1]:443', 'https://[fd00::1]', true],
  [',,', here, false],
])('NO_PROXY=%s for %s: %s', (list, address, isListed) => {
  expect(proxyFor(address, { HTTPS_PROXY: proxy, NO_PROXY: list }) === undefined).toBe(isListed);
  expect(proxyFor(address, { HTTPS_PROXY: proxy, no_proxy: list }) === undefined).toBe(isListed);
});
