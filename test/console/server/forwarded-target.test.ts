/** Which requests are forwarded: the table is the list of what the console needs, and of tricks that do not pass. */
import { describe, expect, test } from 'vitest';
import { isConsoleError } from '../../../src/console/server/errors.ts';
import { forwardedTarget } from '../../../src/console/server/proxy/forwarded-target.ts';

const ours = '/k8s/dev/apis/neu.ro/v1/namespaces/alice';
const core = '/k8s/dev/api/v1/namespaces/alice';

const refusalOf = (method: string, target: string): string | undefined => {
  try {
    forwardedTarget(method, target);
    return undefined;
  } catch (error) {
    return isConsoleError(error) ? error.code : String(error);
  }
};

test.each<[string, string, string, string]>([
  ['GET', `${ours}/usersecrets`, 'list usersecrets', 'plain'],
  ['GET', `${ours}/usersecrets?watch=true&resourceVersion=7`, 'watch usersecrets', 'watch'],
  ['GET', `${ours}/usersecrets?watch`, 'watch usersecrets', 'watch'],
  ['GET', `${ours}/usersecrets?watch=false`, 'list usersecrets', 'plain'],
  ['GET', '/k8s/dev/apis/neu.ro/v1/neurojobs?watch=1', 'watch neurojobs', 'watch'],
  ['POST', `${ours}/secretgrants?dryRun=All`, 'create secretgrants', 'plain'],
  ['PATCH', `${ours}/neurojobs/train`, 'patch neurojobs', 'plain'],
  ['DELETE', `${ours}/usersecrets/db`, 'delete usersecrets', 'plain'],
  ['GET', `${core}/secrets/db`, 'get secrets', 'plain'],
  ['GET', `${core}/pods/train/log?container=job&tailLines=5`, 'get pods/log', 'plain'],
  ['GET', `${core}/pods/train/log?follow=true`, 'get pods/log', 'log'],
  ['GET', `${core}/pods/train/exec?command=sh&command=-c&tty=true`, 'create pods/exec', 'terminal'],
  ['GET', `${core}/pods/train/attach?stdin=true`, 'create pods/attach', 'terminal'],
  ['GET', '/k8s/dev/api/v1/namespaces', 'list namespaces', 'plain'],
  ['GET', '/k8s/dev/api/v1/namespaces/alice', 'get namespaces', 'plain'],
  ['GET', '/k8s/dev/apis/events.k8s.io/v1/namespaces/alice/events', 'list events', 'plain'],
  ['GET', '/k8s/dev/apis/metrics.k8s.io/v1beta1/namespaces/alice/pods/train', 'get pods', 'plain'],
  ['GET', '/k8s/dev/apis/apps/v1/namespaces/neuro-system/deployments/neuro-operator', 'get deployments', 'plain'],
  ['GET', '/k8s/dev/apis/coordination.k8s.io/v1/namespaces/neuro-system/leases/neuro-operator', 'get leases', 'plain'],
  ['GET', '/k8s/dev/api/v1/resourcequotas?limit=100', 'list resourcequotas', 'plain'],
  [
    'POST',
    '/k8s/dev/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    'create selfsubjectaccessreviews',
    'plain',
  ],
])('%s %s is forwarded as %s (%s)', (method, target, expected, kind) => {
  const found = forwardedTarget(method, target);
  const { verb, resource, subresource } = found.attributes;
  expect(`${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`).toBe(expected);
  expect(found.kind).toBe(kind);
});

describe('what is not forwarded', () => {
  test.each<[string, string, string]>([
    ['a list of native Secrets', 'GET', `${core}/secrets`],
    ['a watch of native Secrets', 'GET', `${core}/secrets?watch=true`],
    ['a change of a native Secret', 'PUT', `${core}/secrets/db`],
    ['a Secret without a namespace', 'GET', '/k8s/dev/api/v1/secrets/db'],
    ['measures of all Pods', 'GET', '/k8s/dev/apis/metrics.k8s.io/v1beta1/namespaces/alice/pods'],
    ['measures of nodes', 'GET', '/k8s/dev/apis/metrics.k8s.io/v1beta1/nodes/n1'],
    ['a list of Deployments', 'GET', '/k8s/dev/apis/apps/v1/deployments'],
    ['a watch of Deployments', 'GET', '/k8s/dev/apis/apps/v1/namespaces/neuro-system/deployments?watch=true'],
    ['a change of a Deployment', 'PATCH', '/k8s/dev/apis/apps/v1/namespaces/neuro-system/deployments/neuro-operator'],
    ['the scale of a Deployment', 'GET', '/k8s/dev/apis/apps/v1/namespaces/neuro-system/deployments/o/scale'],
    ['a change of a lease', 'PUT', '/k8s/dev/apis/coordination.k8s.io/v1/namespaces/neuro-system/leases/o'],
    ['a quota by its name', 'GET', `${core}/resourcequotas/few`],
    ['a new quota', 'POST', `${core}/resourcequotas`],
    ['a status, which is the controller’s', 'PATCH', `${ours}/neurojobs/train/status`],
    ['a new Pod', 'POST', `${core}/pods`],
    ['an exec by POST', 'POST', `${core}/pods/train/exec`],
    ['a port of a Pod', 'GET', `${core}/pods/train/portforward`],
    ['a proxy into the cluster', 'GET', `${core}/pods/train/proxy/metrics`],
    ['a proxy to a service', 'GET', `${core}/services/web/proxy/`],
    ['a proxy to a node', 'GET', '/k8s/dev/api/v1/nodes/n1/proxy/run'],
    ['a token for a service account', 'POST', `${core}/serviceaccounts/default/token`],
    ['roles', 'GET', '/k8s/dev/apis/rbac.authorization.k8s.io/v1/namespaces/alice/roles'],
    ['a collection’s deletion', 'DELETE', `${ours}/usersecrets`],
    ['a token review', 'POST', '/k8s/dev/apis/authentication.k8s.io/v1/tokenreviews'],
    ['metrics', 'GET', '/k8s/dev/metrics'],
    ['another version', 'GET', '/k8s/dev/apis/neu.ro/v2/namespaces/alice/usersecrets'],
    ['dots', 'GET', `${ours}/usersecrets/..`],
    ['dots that leave the kind', 'GET', `${ours}/usersecrets/../../bob/secrets`],
    ['an encoded slash', 'GET', `${core}/pods%2ftrain%2fexec`],
    ['encoded dots', 'GET', `${ours}/usersecrets/%2e%2e`],
    ['a name that is percent-encoded for no reason', 'GET', `${core}/secrets/%64b`],
    ['an empty segment', 'GET', `/k8s/dev//api/v1/namespaces`],
    ['a slash at the end', 'GET', `${ours}/usersecrets/`],
    ['a parameter of the path', 'GET', `${ours}/usersecrets;x=1`],
    ['a NUL', 'GET', `${ours}/usersecrets/a%00b`],
    ['no context', 'GET', '/k8s'],
    ['another prefix', 'GET', '/%6b8s/dev/api/v1/namespaces'],
    ['upper case', 'GET', '/k8s/dev/API/v1/namespaces'],
    ['a method that nobody needs', 'OPTIONS', `${ours}/usersecrets`],
    ['a method that nobody has heard of', 'TRACE', `${ours}/usersecrets`],
  ])('%s', (_case, method, target) => {
    expect(refusalOf(method, target)).toBe('PathNotForwarded');
  });

  test.each<[string, string]>([
    ['an unknown parameter', `${ours}/usersecrets?impersonate=admin`],
    ['a watch of one object, by its name in the path', `${ours}/usersecrets/db?watch=true`],
    ['an address that is too long', `${ours}/usersecrets?labelSelector=${'a'.repeat(9_000)}`],
    ['a fragment', `${ours}/usersecrets#x`],
    ['a context that cannot be decoded', '/k8s/%zz/api/v1/namespaces'],
  ])('%s is malformed', (_case, target) => {
    expect(refusalOf('GET', target)).toBe('MalformedRequest');
  });
});

test('the context is one segment, decoded', () => {
  expect(forwardedTarget('GET', '/k8s/arn%3Aaws%2Fdev/api/v1/namespaces').context).toBe('arn:aws/dev');
});

test('a watch of one name asks for the right to that name', () => {
  const target = `${core}/configmaps?watch=true&fieldSelector=metadata.name%3Dneuro-shared-with-me`;
  expect(forwardedTarget('GET', target).attributes).toEqual({
    verb: 'watch',
    group: '',
    resource: 'configmaps',
    namespace: 'alice',
    name: 'neuro-shared-with-me',
  });
});

test('a forwarded request is built again: the query is encoded in the usual way', () => {
  const { path, query } = forwardedTarget('GET', `${ours}/usersecrets?labelSelector=a%3D%62&limit=5`);
  expect(`${path}?${query.toString()}`).toBe(
    '/apis/neu.ro/v1/namespaces/alice/usersecrets?labelSelector=a%3Db&limit=5',
  );
});
