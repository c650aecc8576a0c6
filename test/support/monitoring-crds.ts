/**
 * The parts of the Prometheus operator's kinds that the chart writes, as CRDs, so that an API server can check them field by
 * field without that operator.
 */
const text = { type: 'string' };
const texts = { type: 'object', additionalProperties: text };
const listOf = (properties: object): object => ({ type: 'array', items: { type: 'object', properties } });

export const monitoringCrds = [
  crd('ServiceMonitor', 'servicemonitors', {
    selector: { type: 'object', properties: { matchLabels: texts } },
    endpoints: listOf({ port: text, path: text, interval: text }),
  }),
  crd('PrometheusRule', 'prometheusrules', {
    groups: listOf({
      name: text,
      rules: listOf({ alert: text, expr: text, for: text, labels: texts, annotations: texts }),
    }),
  }),
];

function crd(kind: string, plural: string, spec: object) {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.monitoring.coreos.com` },
    spec: {
      group: 'monitoring.coreos.com',
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: spec } } } },
        },
      ],
    },
  };
}
