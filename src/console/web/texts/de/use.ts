/** Texts in German, see `en/use.ts`. */
import type { PageTexts } from '../catalogue.ts';

export const use: PageTexts['use'] = {
  title: 'Ressourcennutzung',
  since: 'Gemessen seit dem Öffnen dieser Seite, alle 15 Sekunden.',
  waiting: 'Wartet auf die erste Messung. Ein neuer Job hat nach etwa 30 Sekunden eine.',
  noServer: 'In diesem Cluster werden Jobs nicht gemessen. Die Administration kann metrics-server installieren.',
  notAllowed:
    'Keine Messwerte. Der Cluster braucht metrics-server, und nötig ist das Recht, Pods in metrics.k8s.io zu lesen (get pods). Wo metrics-server installiert ist, enthält die Rolle view dieses Recht.',
  resources: { cpu: 'CPU (Kerne)', memory: 'Arbeitsspeicher', 'ephemeral-storage': 'Datenträger' },
  now: 'Jetzt',
  highest: 'Höchstwert',
  request: 'Request',
  limit: 'Limit',
  notReported: 'nicht gemeldet',
  none: 'keines',
  chart: (resource, now, highest, limit) =>
    `${resource} im Zeitverlauf: jetzt ${now}, Höchstwert ${highest}, Limit ${limit}`,
};
