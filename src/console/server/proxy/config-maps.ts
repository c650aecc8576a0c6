/** ConfigMaps, as the console reads them with a user's credentials or with its own. */
import type { KubeObject, ResourceType } from '../../../kernel/index.ts';

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export const configMaps: ResourceType<ConfigMap> = {
  group: '',
  version: 'v1',
  namespaced: true,
  plural: 'configmaps',
  kind: 'ConfigMap',
};
