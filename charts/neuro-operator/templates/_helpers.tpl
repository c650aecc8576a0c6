{{/* A cluster has one operator, so names are fixed: its lease, its keys and kubeseal rely on them. */}}
{{- define "neuro-operator.labels" -}}
app.kubernetes.io/name: neuro-operator
app.kubernetes.io/part-of: neuro-operator
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The version of the admission policies goes up when the operator relies on something new in them (requiredPolicies in src/operator/policies.ts). */}}
{{- define "neuro-operator.policyLabels" -}}
{{ include "neuro-operator.labels" . }}
neu.ro/policies: '8'
{{- end }}

{{/*
What stays when the release (Helm), the Application (Argo CD) or the Kustomization (Flux) is deleted: the namespace with the sealing keys, and the
admission policies. Objects are written while there is no operator too, and the next one acts on them.
*/}}
{{- define "neuro-operator.kept" -}}
{{- if .Values.crds.keep -}}
annotations:
  helm.sh/resource-policy: keep
  argocd.argoproj.io/sync-options: Prune=false
  kustomize.toolkit.fluxcd.io/prune: disabled
{{- end }}
{{- end }}

{{- define "neuro-operator.selector" -}}
app.kubernetes.io/name: neuro-operator
{{- end }}

{{- define "neuro-operator.consoleLabels" -}}
{{ include "neuro-operator.labels" . | replace "app.kubernetes.io/name: neuro-operator" "app.kubernetes.io/name: neuro-console" }}
{{- end }}

{{/* Takes {image, root}. */}}
{{- define "neuro-operator.image" -}}
{{- with .image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.root.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* The operator's configuration file. */}}
{{- define "neuro-operator.config" -}}
concurrency: {{ .Values.concurrency | int }}
sealing:
  renewEvery: {{ .Values.sealing.renewEvery | toJson }}
  {{- with .Values.sealing.sealedSecretsKeys }}
  sealedSecretsKeys:
    {{- toYaml . | nindent 4 }}
  {{- end }}
history:
  keep: {{ .Values.history.keep | int }}
{{- if .Values.notifications.webhookSecret }}
notifications:
  webhookFolder: /etc/neuro-operator-webhook
  events: {{ .Values.notifications.events | toJson }}
{{- end }}
presets:
  {{- toYaml .Values.presets | nindent 2 }}
{{- end }}

{{/* A subject of every binding to the operator. */}}
{{- define "neuro-operator.subject" -}}
- kind: ServiceAccount
  name: neuro-operator
  namespace: {{ .Release.Namespace }}
{{- end }}

{{/* A container without any privileges. */}}
{{- define "neuro-operator.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "neuro-operator.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Binds one of the optional policies, in the selected namespaces. */}}
{{- define "neuro-operator.optionalBinding" }}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: {{ .name }}
  labels:
    {{- include "neuro-operator.labels" .root | nindent 4 }}
spec:
  policyName: {{ .name }}
  validationActions: [Deny]
  {{- with .root.Values.admission.namespaceSelector }}
  matchResources:
    namespaceSelector:
      {{- toYaml . | nindent 6 }}
  {{- end }}
{{- end }}

{{/* Permissions of the operator in the namespaces that it serves. */}}
{{- define "neuro-operator.workRules" -}}
- apiGroups: [neu.ro]
  resources: [usersecrets]
  verbs: [get, list, watch]
- apiGroups: [neu.ro]
  resources: [usersecrets/status, secretgrants/status, neurojobs/status, neuroschedules/status]
  verbs: [patch]
- apiGroups: [neu.ro]
  resources: [secretgrants, neuroschedules]
  verbs: [list, watch]
- apiGroups: [neu.ro]
  resources: [neurojobs]
  verbs: [get, list, watch, create, delete]
# Granted to others by SecretGrants: read, copy, write, manage.
- apiGroups: [neu.ro]
  resources: [usersecrets]
  verbs: [use, copy, share, get, update, patch, delete]
- apiGroups: [neu.ro]
  resources: [secretgrants]
  verbs: [create, get, update, patch, delete]
- apiGroups: ['']
  resources: [secrets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: ['']
  resources: [configmaps]
  verbs: [get, list, watch, create, update, patch, delete]
- apiGroups: ['']
  resources: [pods]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: ['']
  resources: [services]
  verbs: [get, list, watch, create, delete]
- apiGroups: [rbac.authorization.k8s.io]
  resources: [roles, rolebindings]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end }}

{{/* The namespaces of those permissions, unless they are all: the chosen ones and its own. */}}
{{- define "neuro-operator.namespaces" -}}
{{- append .Values.rbac.namespaces .Release.Namespace | uniq | join "," }}
{{- end }}
