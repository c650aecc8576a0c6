/** The command that backs the operator's keys up is the same wherever it is shown; test/cluster/disaster-recovery runs it. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { LABEL_MANAGED_BY, MANAGED_BY } from '../../src/api/index.ts';
import { newKeySecret } from '../../src/controllers/sealing-key/key-secrets.ts';

const pages = ['README.md', 'docs/install.md', 'docs/operations.md', 'charts/neuro-operator/templates/NOTES.txt'];

it.each(pages)('%s shows the command that takes all keys', async (page) => {
  const text = await readFile(new URL(`../../${page}`, import.meta.url), 'utf8');
  const shown = text.replaceAll('{{ .Release.Namespace }}', 'neuro-system');
  const command = `kubectl get secrets -n neuro-system -l ${LABEL_MANAGED_BY}=${MANAGED_BY} -o yaml > neuro-keys.yaml`;
  expect(shown).toContain(command);
  expect(shown.match(/get secrets? .*> \S+\.yaml/g)).toHaveLength(1);
});

it('a new key pair has its label', async () => {
  const { metadata } = await newKeySecret('hpke', 'neuro-system', 0);
  expect(metadata.labels).toMatchObject({ [LABEL_MANAGED_BY]: MANAGED_BY });
});
