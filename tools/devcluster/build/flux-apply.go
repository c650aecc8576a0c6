// Applies manifests as Flux's kustomize-controller does: with its own packages, in its order, with wait and prune. It stands in for the
// controller itself where that cannot be built, because some of its parts are not published as modules.
//
// Usage: flux-apply INVENTORY TIMEOUT < manifests
//
// Prints a line for each object, `created | configured | unchanged | deleted KIND/NAMESPACE/NAME`, and ends with 0 when kstatus calls all
// of them current. INVENTORY is a file that it keeps, for pruning.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/polling"
	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/utils"
	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

const (
	group     = "kustomize.toolkit.fluxcd.io"
	name      = "team"
	namespace = "flux-system"
)

func main() {
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, inventory, timeoutText string) error {
	log.SetLogger(logr.Discard())
	timeout, err := time.ParseDuration(timeoutText)
	if err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	kube, err := client.New(config, client.Options{})
	if err != nil {
		return err
	}
	objects, err := utils.ReadObjects(os.Stdin)
	if err != nil {
		return err
	}
	poller := polling.NewStatusPoller(kube, kube.RESTMapper(), polling.Options{})
	manager := ssa.NewResourceManager(kube, poller, ssa.Owner{
		Field: "kustomize-controller",
		Group: group,
	})
	manager.SetOwnerLabels(objects, name, namespace)
	options := ssa.DefaultApplyOptions()
	options.ForceSelector = map[string]string{group + "/force": "enabled"}
	applied, err := manager.ApplyAllStaged(ctx, objects, options)
	if err != nil {
		return err
	}
	tell(applied)
	if err := prune(ctx, manager, inventory, objects); err != nil {
		return err
	}
	return manager.WaitForSetWithContext(ctx, applied.ToObjMetadataSet(), ssa.WaitOptions{
		Interval: time.Second,
		Timeout:  timeout,
		FailFast: true,
	})
}

// prune deletes what the last run applied and this one did not.
func prune(ctx context.Context, manager *ssa.ResourceManager, inventory string, objects []*unstructured.Unstructured) error {
	known := map[string]bool{}
	refs := make([]*unstructured.Unstructured, 0, len(objects))
	for _, object := range objects {
		known[utils.FmtUnstructured(object)] = true
		ref := &unstructured.Unstructured{}
		ref.SetGroupVersionKind(object.GroupVersionKind())
		ref.SetNamespace(object.GetNamespace())
		ref.SetName(object.GetName())
		refs = append(refs, ref)
	}
	var stale []*unstructured.Unstructured
	if text, err := os.ReadFile(inventory); err == nil {
		former, err := utils.ReadObjects(strings.NewReader(string(text)))
		if err != nil {
			return err
		}
		for _, ref := range former {
			if !known[utils.FmtUnstructured(ref)] {
				stale = append(stale, ref)
			}
		}
	}
	text, err := utils.ObjectsToYAML(refs)
	if err != nil {
		return err
	}
	if err := os.WriteFile(inventory, []byte(text), 0o600); err != nil {
		return err
	}
	options := ssa.DefaultDeleteOptions()
	options.Inclusions = manager.GetOwnerLabels(name, namespace)
	deleted, err := manager.DeleteAll(ctx, stale, options)
	if err != nil {
		return err
	}
	tell(deleted)
	return nil
}

func tell(changes *ssa.ChangeSet) {
	for _, entry := range changes.Entries {
		fmt.Printf("%s %s\n", entry.Action, entry.Subject)
	}
}
