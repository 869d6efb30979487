package packaging

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// TestManifest decodes the manifest into the types of Kubernetes itself, in which
// a misspelt field is an error, and looks at what keeps a night from being made
// twice.
func TestManifest(t *testing.T) {
	b, err := os.ReadFile("kubernetes/cronjob.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var job batchv1.CronJob
	claims := map[string]corev1.PersistentVolumeClaim{}
	for i, document := range bytes.Split(b, []byte("\n---\n")) {
		var claim corev1.PersistentVolumeClaim
		if i == 0 {
			err = decode(document, &job)
		} else if err = decode(document, &claim); err == nil {
			claims[claim.Name] = claim
		}
		if err != nil {
			t.Fatalf("document %d: %v", i+1, err)
		}
	}

	spec, pod := job.Spec, job.Spec.JobTemplate.Spec.Template.Spec
	if len(pod.Containers) != 1 {
		t.Fatalf("got %d containers, want 1", len(pod.Containers))
	}
	c := pod.Containers[0]
	for _, c := range []struct{ what, got, want string }{
		{"kind", job.APIVersion + " " + job.Kind, "batch/v1 CronJob"},
		{"concurrencyPolicy", string(spec.ConcurrencyPolicy), "Forbid"},
		{"timeZone", text(spec.TimeZone), "Asia/Kolkata"},
		{"backoffLimit", text(spec.JobTemplate.Spec.BackoffLimit), "0"},
		{"restartPolicy", string(pod.RestartPolicy), "Never"},
		{"terminationGracePeriodSeconds", text(pod.TerminationGracePeriodSeconds), "660"},
		{"automountServiceAccountToken", text(pod.AutomountServiceAccountToken), "false"},
		{"runAsNonRoot", text(pod.SecurityContext.RunAsNonRoot), "true"},
		{"runAsUser", text(pod.SecurityContext.RunAsUser), "65532"},
		{"fsGroup", text(pod.SecurityContext.FSGroup), "65532"},
		{"readOnlyRootFilesystem", text(c.SecurityContext.ReadOnlyRootFilesystem), "true"},
		{"allowPrivilegeEscalation", text(c.SecurityContext.AllowPrivilegeEscalation), "false"},
		{"dropped capabilities", fmt.Sprint(c.SecurityContext.Capabilities.Drop), "[ALL]"},
		{"args", fmt.Sprint(c.Args), "[schedule --once --config /etc/reconcile/reconcile.yaml]"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, c.got, c.want)
		}
	}

	mounted := map[string]corev1.VolumeMount{}
	for _, m := range c.VolumeMounts {
		mounted[m.Name] = m
	}
	if len(mounted) != len(pod.Volumes) {
		t.Errorf("got %d mounts of %d volumes", len(mounted), len(pod.Volumes))
	}
	for _, v := range pod.Volumes {
		if _, ok := mounted[v.Name]; !ok {
			t.Errorf("the volume %s is mounted nowhere", v.Name)
		}
		if v.PersistentVolumeClaim != nil {
			claim, ok := claims[v.PersistentVolumeClaim.ClaimName]
			if !ok {
				t.Errorf("the claim %s is not in the manifest", v.PersistentVolumeClaim.ClaimName)
			}
			if want := []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOncePod}; !slices.Equal(claim.Spec.AccessModes, want) {
				t.Errorf("the claim %s: got access %v, want %v", claim.Name, claim.Spec.AccessModes, want)
			}
		}
		// Fewer rights and the pod cannot read it; more, and config refuses it.
		if v.Secret != nil && *v.Secret.DefaultMode != 0o440 {
			t.Errorf("the secret %s: got mode %o, want 440", v.Name, *v.Secret.DefaultMode)
		}
	}
	if want := (corev1.EnvVar{Name: "CREDENTIALS_DIRECTORY", Value: mounted["secrets"].MountPath}); !slices.Contains(c.Env, want) {
		t.Errorf("got environment %v, want %v in it", c.Env, want)
	}
}

// TestManifestIsReadStrictly keeps the test above from passing whatever is in the
// file.
func TestManifestIsReadStrictly(t *testing.T) {
	var job batchv1.CronJob
	for _, wrong := range []string{
		"spec: {timezone: Asia/Kolkata}", // a capital is missing
		"spec: {jobTemplate: {spec: {template: {spec: {readOnlyRootFilesystem: true}}}}}",
		"spec: {timeZone: a, timeZone: b}",
	} {
		if err := decode([]byte(wrong), &job); err == nil {
			t.Errorf("%s is decoded without an error", wrong)
		}
	}
}

// decode reads a document as the API server does when it is asked to be strict.
func decode(document []byte, into any) error {
	b, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return err
	}
	strict, err := json.UnmarshalStrict(b, into)
	return errors.Join(append(strict, err)...)
}

// text prints what a pointer of the manifest points to.
func text[T any](p *T) string {
	if p == nil {
		return "nothing"
	}
	return fmt.Sprint(*p)
}
