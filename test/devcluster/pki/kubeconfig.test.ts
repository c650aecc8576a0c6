import { describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DevClusterError } from '../../../tools/devcluster/errors.ts';
import { kubeconfigText, readCredentials } from '../../../tools/devcluster/pki/kubeconfig.ts';

describe('a kubeconfig', () => {
  const credentials = {
    server: 'https://127.0.0.1:6443',
    authorityPem: 'ca\n',
    certificatePem: 'cert\n',
    keyPem: 'key\n',
  };

  function read(text: string) {
    const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
    try {
      writeFileSync(join(folder, 'ca.pem'), 'ca from a file\n');
      writeFileSync(join(folder, 'config'), text);
      return readCredentials(join(folder, 'config'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it('gives back the credentials that it was made of', () => {
    expect(read(kubeconfigText({ cluster: 'c', user: 'alice', ...credentials }))).toEqual(credentials);
  });

  it('may name files beside it', () => {
    const text = kubeconfigText({ cluster: 'c', user: 'a', ...credentials }).replace(
      /certificate-authority-data: .*/,
      'certificate-authority: ca.pem',
    );
    expect(read(text).authorityPem).toBe('ca from a file\n');
  });

  it('without a client certificate is refused with a sentence', () => {
    expect(() => read('{current-context: x, contexts: [], clusters: [], users: []}')).toThrow(DevClusterError);
  });
});
