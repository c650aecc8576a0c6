// Runs External Secrets' own controllers of SecretStores and ExternalSecrets, set up as its command does, with its fake provider alone. The
// command itself has some forty providers, whose clients take most of an hour to compile; a store of another provider is refused.
package main

import (
	"context"
	"flag"
	"os"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	esv1 "github.com/external-secrets/external-secrets/apis/externalsecrets/v1"
	genv1alpha1 "github.com/external-secrets/external-secrets/apis/generators/v1alpha1"
	ctrlcommon "github.com/external-secrets/external-secrets/pkg/controllers/common"
	"github.com/external-secrets/external-secrets/pkg/controllers/externalsecret"
	"github.com/external-secrets/external-secrets/pkg/controllers/externalsecret/esmetrics"
	"github.com/external-secrets/external-secrets/pkg/controllers/metrics"
	"github.com/external-secrets/external-secrets/pkg/controllers/secretstore"
	"github.com/external-secrets/external-secrets/pkg/controllers/secretstore/ssmetrics"
	"github.com/external-secrets/external-secrets/pkg/provider/fake"
)

// Flags with the names and defaults of the command.
var (
	concurrent    = flag.Int("concurrent", 1, "reconciles at a time")
	clientQPS     = flag.Float64("client-qps", 50, "requests a second")
	clientBurst   = flag.Int("client-burst", 100, "requests at once")
	cachesSecrets = flag.Bool("enable-secrets-caching", false, "keep all Secrets of the cluster in memory")
)

// fakeProvider gives each client a fake provider of its own. The only one of the command keeps the values of all stores in one map without a
// lock, so that two reconciles at a time can end the process ("concurrent map iteration and map write").
type fakeProvider struct{ fake.Provider }

func (*fakeProvider) NewClient(
	ctx context.Context, store esv1.GenericStore, kube client.Client, namespace string,
) (esv1.SecretsClient, error) {
	return new(fake.Provider).NewClient(ctx, store, kube, namespace)
}

func main() {
	flag.Parse()
	ctrl.SetLogger(zap.New())
	if err := run(); err != nil {
		ctrl.Log.Error(err, "external-secrets ended")
		os.Exit(1)
	}
}

func run() error {
	metrics.SetUpLabelNames(false)
	esmetrics.SetUpMetrics()
	ssmetrics.SetUpMetrics()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		clientgoscheme.AddToScheme, esv1.AddToScheme, genv1alpha1.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			return err
		}
	}
	config, err := ctrl.GetConfig()
	if err != nil {
		return err
	}
	config.QPS = float32(*clientQPS)
	config.Burst = *clientBurst
	notCached := []client.Object{&v1.ConfigMap{}}
	if !*cachesSecrets {
		notCached = append(notCached, &v1.Secret{})
	}
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:  scheme,
		Metrics: server.Options{BindAddress: "0"},
		Client:  client.Options{Cache: &client.CacheOptions{DisableFor: notCached}},
	})
	if err != nil {
		return err
	}
	secrets := manager.GetClient()
	if !*cachesSecrets {
		if secrets, err = ctrlcommon.BuildManagedSecretClient(manager, ""); err != nil {
			return err
		}
	}
	esv1.ForceRegister(&fakeProvider{}, &esv1.SecretStoreProvider{Fake: &esv1.FakeProvider{}}, esv1.MaintenanceStatusNotMaintained)
	stores := &secretstore.StoreReconciler{
		Client:          manager.GetClient(),
		Log:             ctrl.Log.WithName("SecretStore"),
		Scheme:          scheme,
		ControllerClass: "default",
		RequeueInterval: 5 * time.Minute,
	}
	if err := stores.SetupWithManager(manager, options()); err != nil {
		return err
	}
	externalSecrets := &externalsecret.Reconciler{
		Client:          manager.GetClient(),
		SecretClient:    secrets,
		Log:             ctrl.Log.WithName("ExternalSecret"),
		Scheme:          scheme,
		RestConfig:      config,
		ControllerClass: "default",
		RequeueInterval: time.Hour,
		EnableFloodGate: true,
	}
	if err := externalSecrets.SetupWithManager(manager, options()); err != nil {
		return err
	}
	return manager.Start(ctrl.SetupSignalHandler())
}

func options() controller.Options {
	return controller.Options{MaxConcurrentReconciles: *concurrent, RateLimiter: ctrlcommon.BuildRateLimiter()}
}
