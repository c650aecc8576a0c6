{{/* One operator a cluster, so names are fixed: its lease, its keys and kubeseal know them. */}}
{{- define "neuro-operator.labels" -}}
app.kubernetes.io/name: neuro-operator
app.kubernetes.io/part-of: neuro-operator
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "neuro-operator.selector" -}}
app.kubernetes.io/name: neuro-operator
{{- end }}

{{- define "neuro-operator.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
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
presets:
  {{- toYaml .Values.presets | nindent 2 }}
{{- end }}

{{/* A subject of every binding to the operator. */}}
{{- define "neuro-operator.subject" -}}
- kind: ServiceAccount
  name: neuro-operator
  namespace: {{ .Release.Namespace }}
{{- end }}

{{/* A container that can do nothing but run. */}}
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

{{/* Puts a rule of the cluster's own in force, in the namespaces that were chosen. */}}
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
