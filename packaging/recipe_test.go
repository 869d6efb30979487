package packaging

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestRecipe looks for what lies here and would be in no package.
func TestRecipe(t *testing.T) {
	recipe := read(t, "nfpm.yaml")
	for _, pattern := range []string{"systemd/*", "etc/*", "scripts/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: got %v, %v, want files", pattern, files, err)
		}
		for _, file := range files {
			if !strings.Contains(recipe, file+",") && !strings.Contains(recipe, ": "+file+"\n") {
				t.Errorf("%s is in no package: nfpm.yaml does not name it", file)
			}
		}
	}
}

// TestNightAlikeEverywhere: timer, crontab line and manifest start the same night
// at the same minute, one after that of the first configuration.
func TestNightAlikeEverywhere(t *testing.T) {
	const command = "schedule --once --config /etc/reconcile/reconcile.yaml"
	for file, want := range map[string]*regexp.Regexp{
		"etc/reconcile.yaml":        regexp.MustCompile(`(?m)^  cron: "30 1 \* \* \*"$`),
		"systemd/reconcile.timer":   regexp.MustCompile(`(?m)^OnCalendar=\*-\*-\* 01:31:00 Asia/Kolkata$`),
		"systemd/reconcile.service": regexp.MustCompile(`(?m)^ExecStart=/usr/bin/reconcile ` + command + `$`),
		"etc/crontab": regexp.MustCompile(`(?m)^31 1 \* \* \* reconcile cd /var/lib/reconcile && /usr/bin/reconcile ` +
			strings.Replace(command, "--once", "--once --quiet", 1) + `$`),
		"kubernetes/cronjob.yaml": regexp.MustCompile(`(?m)^  schedule: "31 1 \* \* \*"$`),
	} {
		if !want.MatchString(read(t, file)) {
			t.Errorf("%s has no line %s", file, want)
		}
	}
}

// TestUnitsAreHardened: systemd-analyze verify knows whether a setting exists,
// and not whether we have forgotten it.
func TestUnitsAreHardened(t *testing.T) {
	always := []string{"User=reconcile", "UMask=0077", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "NoNewPrivileges=yes",
		"CapabilityBoundingSet=", "SystemCallFilter=@system-service", "MemoryDenyWriteExecute=yes", "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
		"OnFailure=reconcile-failed@%n.service", "LoadCredential=webhook.secret:/etc/reconcile/secrets/webhook.secret"}
	for unit, own := range map[string][]string{
		"reconcile.service":          {"Type=oneshot", "SuccessExitStatus=10", "Restart=no", "TimeoutStopSec=11min", "StateDirectory=reconcile reconcile-side"},
		"reconcile-schedule.service": {"TimeoutStopSec=11min", "RestartPreventExitStatus=64 78", "StateDirectory=reconcile reconcile-side"},
		"reconcile-listen.service":   {"Restart=always", "RestartPreventExitStatus=64 78", "StateDirectory=reconcile"},
		"reconcile.timer":            {"Persistent=true"},
	} {
		lines := strings.Split(read(t, "systemd/"+unit), "\n")
		want := own
		if strings.HasSuffix(unit, ".service") {
			want = slices.Concat(always, own)
		}
		for _, line := range want {
			if !slices.Contains(lines, line) {
				t.Errorf("%s does not say %s", unit, line)
			}
		}
	}
}

// TestRelease: what is published is what packaging/build writes, and all of it.
func TestRelease(t *testing.T) {
	var release struct {
		Version int    `json:"version"`
		Project string `json:"project_name"`
		Dist    string `json:"dist"`
		Builds  []struct {
			Skip bool `json:"skip"`
		} `json:"builds"`
		Checksum struct {
			Disable bool `json:"disable"`
		} `json:"checksum"`
		Changelog struct {
			Disable bool `json:"disable"`
		} `json:"changelog"`
		Release struct {
			Draft      bool   `json:"draft"`
			Prerelease string `json:"prerelease"`
			ExtraFiles []struct {
				Glob string `json:"glob"`
			} `json:"extra_files"`
		} `json:"release"`
	}
	if err := yaml.UnmarshalStrict([]byte(read(t, "../.goreleaser.yaml")), &release); err != nil {
		t.Fatal(err)
	}
	if release.Dist == "" || release.Dist == "dist" {
		t.Errorf("got dist %q: GoReleaser would empty the folder with our packages", release.Dist)
	}
	for _, name := range []string{"reconcile_1.2.0_linux_amd64.tar.gz", "reconcile_1.2.0-1_amd64.deb", "reconcile-1.2.0-1.x86_64.rpm", "reconcile_1.2.0_darwin_arm64.cdx.json", "SHA256SUMS"} {
		found := false
		for _, f := range release.Release.ExtraFiles {
			is, err := filepath.Match(f.Glob, "dist/"+name)
			found = found || err == nil && is
		}
		if !found {
			t.Errorf("%s is not published: .goreleaser.yaml has no pattern for it", name)
		}
	}
}

// TestGuideIsRun: every command of the guide is run by packaging/installed, or
// says why not.
func TestGuideIsRun(t *testing.T) {
	mark := regexp.MustCompile(`^<!-- (run|not run: .{20,}) -->$`)
	lines := strings.Split(read(t, "../docs/install.md"), "\n")
	commands := 0
	for i, line := range lines {
		if !strings.HasPrefix(line, "```") || line == "```" {
			continue
		}
		commands++
		if line != "```sh" || i == 0 || !mark.MatchString(lines[i-1]) {
			t.Errorf("docs/install.md:%d: want ```sh behind a line <!-- run --> or <!-- not run: why -->", i+1)
		}
	}
	if commands < 5 {
		t.Errorf("got %d blocks of commands in docs/install.md, want at least 5", commands)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
