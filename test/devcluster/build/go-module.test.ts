import { describe, expect, it } from 'vitest';
import { GO_MODULES, componentsOf } from '../../../tools/devcluster/build/components.ts';
import { goModText } from '../../../tools/devcluster/build/go-module.ts';

const upstreamGoMod = `module k8s.io/kubernetes

go 1.26.0

require k8s.io/api v0.0.0

replace (
	k8s.io/api => ./staging/src/k8s.io/api
	k8s.io/client-go => ./staging/src/k8s.io/client-go // staging
)

replace example.org/old => example.org/new v1.2.3
`;

describe('the go.mod that builds a tool', () => {
  const text = goModText({ module: GO_MODULES.kubernetes, components: componentsOf('kubernetes'), upstreamGoMod });

  it('requires the pinned version and keeps each command by a tool line', () => {
    expect(text).toContain('require k8s.io/kubernetes v1.36.3\n');
    expect(text.match(/^tool /gm)).toHaveLength(componentsOf('kubernetes').length);
  });

  it('turns each folder that upstream replaces by into the released version', () => {
    expect(text).toContain('replace k8s.io/api => k8s.io/api v0.36.3\n');
    expect(text).toContain('replace k8s.io/client-go => k8s.io/client-go v0.36.3\n');
  });

  it('says again what upstream replaces by another module', () => {
    expect(text).toContain('replace example.org/old => example.org/new v1.2.3\n');
  });

  it('takes the Go version of upstream', () => {
    expect(text).toMatch(/^go 1\.26\.0$/m);
  });

  it('fetches a module under another path than it calls itself', () => {
    const kubeseal = goModText({
      module: GO_MODULES.kubeseal,
      components: componentsOf('kubeseal'),
      upstreamGoMod: 'go 1.25',
    });
    expect(kubeseal).toContain('require github.com/bitnami/sealed-secrets v0.40.0\n');
    expect(kubeseal).toContain(
      'replace github.com/bitnami/sealed-secrets => github.com/bitnami-labs/sealed-secrets v0.40.0\n',
    );
  });

  it('has no tool line for a program of this folder, which imports what it needs', () => {
    const components = componentsOf('flux-apply');
    const text = goModText({ module: GO_MODULES['flux-apply'], components, upstreamGoMod });
    expect(components.map(({ program }) => program)).toEqual(['flux-apply.go']);
    expect(text).toContain('require github.com/fluxcd/pkg/ssa v0.83.0\n');
    expect(text).not.toMatch(/^tool /m);
  });

  it('builds a module from its copy where only some of its parts are built', () => {
    const module = GO_MODULES['external-secrets'];
    const text = goModText({ module, components: componentsOf('external-secrets'), upstreamGoMod });
    expect(text).toContain(`require ${module.path} ${module.version}\n`);
    expect(text).toContain(`replace ${module.path} => ./copy\n`);
  });

  it('drops a folder for which no released version is known', () => {
    const text = goModText({
      module: GO_MODULES.helm,
      components: componentsOf('helm'),
      upstreamGoMod: 'replace go.etcd.io/etcd/api/v3 => ../api',
    });
    expect(text).not.toContain('replace');
  });
});
