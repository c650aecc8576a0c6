/* Generated from crds/neurojobs.yaml by "npm run generate"; edit that file instead. */
import type { Condition } from '../conditions.ts';
import type { ObjectMeta } from '../object-meta.ts';
import type { SecretReference } from '../secret-reference.ts';

/**
 * When the image is pulled. Default as in a Pod, Always for the tag latest and IfNotPresent otherwise.
 */
export type NeuroJobImagePullPolicy = 'Always' | 'IfNotPresent' | 'Never';
/**
 * Memory keeps it in memory. Omitted, on the node's disk.
 */
export type NeuroJobVolumeEmptyDirMedium = 'Memory';
/**
 * Equal (default) compares the value, Exists accepts any.
 */
export type NeuroJobTolerationOperator = 'Equal' | 'Exists';
/**
 * The taint's effect. Omitted, all effects.
 */
export type NeuroJobTolerationEffect = 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
/**
 * Whether the container is restarted when it ends. Never (default), OnFailure or Always. A Pod lost with its node is replaced only for OnFailure and Always.
 */
export type NeuroJobRestartPolicy = 'Never' | 'OnFailure' | 'Always';
export type NeuroJobSecurityContextCapabilitiesAdd =
  | 'AUDIT_WRITE'
  | 'CHOWN'
  | 'DAC_OVERRIDE'
  | 'FOWNER'
  | 'FSETID'
  | 'KILL'
  | 'MKNOD'
  | 'NET_BIND_SERVICE'
  | 'SETFCAP'
  | 'SETGID'
  | 'SETPCAP'
  | 'SETUID'
  | 'SYS_CHROOT';
/**
 * Pending or Running, or the end Succeeded, Failed or Cancelled. The phase of a finished job never changes.
 */
export type NeuroJobPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled';
/**
 * The phase that began.
 */
export type NeuroJobTransitionPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled';

/**
 * Runs one container with secrets as variables or files, and records its result. A job runs once, as it was created; only cancel can be set later. Labels of the job that begin with kueue.x-k8s.io/ are passed to its Pod.
 */
export interface NeuroJob {
  readonly apiVersion?: 'neu.ro/v1';
  readonly kind?: 'NeuroJob';
  readonly metadata: ObjectMeta;
  readonly spec: NeuroJobSpec;
  readonly status?: NeuroJobStatus;
}
/**
 * What to run, with which secrets, where and for how long.
 */
export interface NeuroJobSpec {
  /**
   * The container image, as in a Pod.
   */
  readonly image: string;
  /**
   * What the job is for. Free text.
   */
  readonly description?: string;
  /**
   * Words to find the job by, 1 to 256 characters without spaces each, at most 16.
   */
  readonly tags?: readonly string[];
  /**
   * Replaces the image's ENTRYPOINT. Not run in a shell.
   */
  readonly command?: readonly string[];
  /**
   * Arguments; replaces the image's CMD.
   */
  readonly args?: readonly string[];
  /**
   * Folder in which the command starts. Omitted, the image's.
   */
  readonly workingDir?: string;
  readonly imagePullPolicy?: NeuroJobImagePullPolicy;
  /**
   * A UserSecret of type kubernetes.io/dockerconfigjson, for pulling the image from a private registry.
   */
  readonly imagePullSecret?: SecretReference;
  /**
   * UserSecrets of type kubernetes.io/dockerconfigjson, for pulling the image from private registries; at most 8. Instead of imagePullSecret, not beside it.
   */
  readonly imagePullSecrets?: readonly SecretReference[];
  /**
   * Variables of the container, each a plain value or a secret.
   */
  readonly env?: readonly NeuroJobEnv[];
  /**
   * Secrets as files in the container. Parent folders are created; the other files of the image stay visible.
   */
  readonly files?: readonly NeuroJobFile[];
  /**
   * Claims, ConfigMaps and empty folders in the container. Nothing here can name a secret.
   */
  readonly volumes?: readonly NeuroJobVolume[];
  /**
   * Size of /dev/shm, such as 1Gi; kept in memory and counted as the job's memory. Omitted, the 64Mi of the container runtime.
   */
  readonly shm?: number | string;
  /**
   * A named set of resources, node selector and tolerations from the operator's configuration. Fields of the job itself take precedence.
   */
  readonly preset?: string;
  readonly resources?: NeuroJobResources;
  /**
   * Labels that a node must have.
   */
  readonly nodeSelector?: {
    readonly [k: string]: string;
  };
  /**
   * Taints of nodes that the job accepts, as in a Pod.
   */
  readonly tolerations?: readonly NeuroJobToleration[];
  /**
   * Name of a PriorityClass, as in a Pod.
   */
  readonly priorityClassName?: string;
  /**
   * Gates that keep the Pod from being scheduled until they are removed from it, as in a Pod. For queueing, set the label kueue.x-k8s.io/queue-name on the job instead; labels that begin with kueue.x-k8s.io/ are passed to the Pod.
   */
  readonly schedulingGates?: readonly NeuroJobSchedulingGate[];
  readonly restartPolicy?: NeuroJobRestartPolicy;
  /**
   * The longest time that the job may run, such as 1d or 2h30m. Waiting does not count. After that it is Cancelled with the reason LifeSpanEnded. Omitted, no limit.
   */
  readonly lifeSpan?: string;
  /**
   * The longest time that the job may wait to start, for missing secrets too. After that it is Failed. Default 5m.
   */
  readonly scheduleTimeout?: string;
  /**
   * How long the finished job is kept before it is deleted. Omitted, it is kept.
   */
  readonly ttlAfterFinished?: string;
  readonly http?: NeuroJobHttp;
  /**
   * Gives the container a terminal.
   */
  readonly tty?: boolean;
  /**
   * Keeps the container's standard input open, for attach.
   */
  readonly stdin?: boolean;
  /**
   * The service account that the job runs as, and whose rights decide which secrets of others it may use. Default default.
   */
  readonly serviceAccountName?: string;
  /**
   * Puts the token of the service account into the container. Default false.
   */
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: NeuroJobSecurityContext;
  /**
   * true: the job never runs. It is a template for a NeuroSchedule or for the hook of a rotation (spec.generate.rotateHook of a UserSecret), which run copies of it.
   */
  readonly suspend?: boolean;
  /**
   * true ends the job as Cancelled with the reason UserRequested. The only field that can be changed, and only to true.
   */
  readonly cancel?: boolean;
}
export interface NeuroJobEnv {
  /**
   * Name of the variable, letters, digits and _, not beginning with a digit. NEURO_JOB_* are set by the operator.
   */
  readonly name: string;
  /**
   * A plain value. Anyone who can read the job sees it.
   */
  readonly value?: string;
  /**
   * The value of a UserSecret, own or granted.
   */
  readonly fromSecret?: SecretReference;
}
export interface NeuroJobFile {
  /**
   * Absolute path of the file, such as /etc/app/password.
   */
  readonly path: string;
  /**
   * The value of a UserSecret, own or granted.
   */
  readonly fromSecret: SecretReference;
  /**
   * Permission bits, 0 to 0777 in octal (YAML reads a leading 0 as octal; JSON needs the decimal number). The container sees the file with exactly these bits; if Kubernetes cannot provide them, the job fails before it starts. Default 0440, which a non-root image reads by the job's fsGroup; 0444 where a claim is mounted.
   */
  readonly mode?: number;
}
export interface NeuroJobVolume {
  /**
   * Absolute path of the folder in the container.
   */
  readonly mountPath: string;
  /**
   * Mounts this path of the volume instead of all of it.
   */
  readonly subPath?: string;
  /**
   * Whether the container may only read.
   */
  readonly readOnly?: boolean;
  readonly persistentVolumeClaim?: NeuroJobVolumePersistentVolumeClaim;
  readonly configMap?: NeuroJobVolumeConfigMap;
  readonly emptyDir?: NeuroJobVolumeEmptyDir;
}
/**
 * A PersistentVolumeClaim of the job's namespace.
 */
export interface NeuroJobVolumePersistentVolumeClaim {
  /**
   * metadata.name of the claim.
   */
  readonly claimName: string;
  /**
   * Whether the claim is attached for reading only.
   */
  readonly readOnly?: boolean;
}
/**
 * A ConfigMap of the job's namespace.
 */
export interface NeuroJobVolumeConfigMap {
  /**
   * metadata.name of the ConfigMap.
   */
  readonly name: string;
  /**
   * Only these keys, each under a path of its own. Omitted, every key under its name.
   */
  readonly items?: readonly NeuroJobVolumeConfigMapItem[];
}
export interface NeuroJobVolumeConfigMapItem {
  /**
   * The key in the ConfigMap.
   */
  readonly key: string;
  /**
   * Relative path of its file.
   */
  readonly path: string;
  /**
   * Permission bits, 0 to 0777 in octal. Default 0644.
   */
  readonly mode?: number;
}
/**
 * An empty folder that exists as long as the Pod. Can be an empty object.
 */
export interface NeuroJobVolumeEmptyDir {
  readonly medium?: NeuroJobVolumeEmptyDirMedium;
  /**
   * Maximum size, such as 1Gi.
   */
  readonly sizeLimit?: number | string;
}
/**
 * What the container needs and may use at most, as in a Pod.
 */
export interface NeuroJobResources {
  /**
   * Resources reserved for the container, such as cpu 500m and memory 128Mi.
   */
  readonly requests?: {
    readonly [k: string]: number | string;
  };
  /**
   * Resources that the container cannot exceed, such as memory 1Gi and nvidia.com/gpu 1.
   */
  readonly limits?: {
    readonly [k: string]: number | string;
  };
}
export interface NeuroJobToleration {
  /**
   * The taint's key. Omitted, with operator Exists, all keys.
   */
  readonly key?: string;
  readonly operator?: NeuroJobTolerationOperator;
  /**
   * The taint's value, for operator Equal.
   */
  readonly value?: string;
  readonly effect?: NeuroJobTolerationEffect;
  /**
   * How long the Pod stays on a node with a NoExecute taint. Omitted, without a limit.
   */
  readonly tolerationSeconds?: number;
}
export interface NeuroJobSchedulingGate {
  /**
   * Name of the gate, such as example.com/quota.
   */
  readonly name: string;
}
/**
 * Puts a Service with the name of the job in front of the Pod.
 */
export interface NeuroJobHttp {
  /**
   * The port on which the container listens; the Service has the same.
   */
  readonly port: number;
}
/**
 * The identity that the container runs as. It cannot gain more rights than a container has by default; the seccomp profile is always RuntimeDefault.
 */
export interface NeuroJobSecurityContext {
  /**
   * User id of the process. Omitted, the image's.
   */
  readonly runAsUser?: number;
  /**
   * Group id of the process. Omitted, the image's.
   */
  readonly runAsGroup?: number;
  /**
   * Refuses to start as root.
   */
  readonly runAsNonRoot?: boolean;
  /**
   * Group of mounted files. Omitted, one of the operator where secret files need it.
   */
  readonly fsGroup?: number;
  /**
   * More groups of the process.
   */
  readonly supplementalGroups?: readonly number[];
  /**
   * Makes the image's files read-only.
   */
  readonly readOnlyRootFilesystem?: boolean;
  /**
   * Whether a process may gain more rights than its parent. Kubernetes' default is true.
   */
  readonly allowPrivilegeEscalation?: boolean;
  readonly capabilities?: NeuroJobSecurityContextCapabilities;
}
/**
 * Which of the container runtime's default capabilities the process has.
 */
export interface NeuroJobSecurityContextCapabilities {
  /**
   * Capabilities to remove; ALL removes every one.
   */
  readonly drop?: readonly string[];
  /**
   * Capabilities to add back after ALL was dropped; only those that a container has by default.
   */
  readonly add?: readonly NeuroJobSecurityContextCapabilitiesAdd[];
}
/**
 * What the operator found and did. Written by the operator only.
 */
export interface NeuroJobStatus {
  /**
   * metadata.generation of the object that this status describes.
   */
  readonly observedGeneration?: number;
  readonly phase?: NeuroJobPhase;
  /**
   * Reason of the phase, in one word, such as Creating, Scheduling, ImagePullBackOff, OOMKilled, LifeSpanEnded or UserRequested.
   */
  readonly reason?: string;
  /**
   * A sentence for people. After a failure, the end of the container's output.
   */
  readonly message?: string;
  /**
   * Exit code of the container, when it has ended.
   */
  readonly exitCode?: number;
  /**
   * The Pod of the job.
   */
  readonly podName?: string;
  /**
   * metadata.uid of that Pod, which distinguishes it from another Pod of the same name.
   */
  readonly podUid?: string;
  /**
   * The native Secret that holds the values of this job while it runs.
   */
  readonly snapshotName?: string;
  /**
   * The Service in front of the Pod, when http is set.
   */
  readonly serviceName?: string;
  /**
   * When the job first ran.
   */
  readonly startTime?: string;
  /**
   * When its current run began. Absent while it does not run.
   */
  readonly runningSince?: string;
  /**
   * How many seconds it ran before its current run.
   */
  readonly ranSeconds?: number;
  /**
   * When the life span ends if the job keeps running.
   */
  readonly lifeSpanEndsAt?: string;
  /**
   * When the job ended.
   */
  readonly finishTime?: string;
  /**
   * How often the container was restarted.
   */
  readonly restarts?: number;
  /**
   * The secrets whose values the job started with.
   */
  readonly secrets?: readonly NeuroJobSecret[];
  /**
   * What happened to the job, oldest first; the last 20.
   */
  readonly transitions?: readonly NeuroJobTransition[];
  /**
   * SecretsResolved (every secret was found and may be used), Ready (the container runs), Complete or Failed (how it ended), and Reconciling or Stalled while it is not ready.
   */
  readonly conditions?: readonly Condition[];
}
export interface NeuroJobSecret {
  /**
   * Namespace of the owner.
   */
  readonly namespace: string;
  /**
   * metadata.name of the UserSecret.
   */
  readonly name: string;
  /**
   * The name that people use.
   */
  readonly key?: string;
  /**
   * status.version of the UserSecret at the time.
   */
  readonly version?: string;
  /**
   * metadata.uid of the UserSecret.
   */
  readonly uid?: string;
}
export interface NeuroJobTransition {
  readonly phase: NeuroJobTransitionPhase;
  /**
   * One word for why.
   */
  readonly reason?: string;
  /**
   * A sentence for people.
   */
  readonly message?: string;
  /**
   * When.
   */
  readonly time: string;
  /**
   * Exit code of the container, where it ended.
   */
  readonly exitCode?: number;
}
