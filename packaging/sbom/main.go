// Sbom writes what a built program is made of, in CycloneDX: the modules that the
// linker noted in it, each with its version and checksum.
//
//	sbom BINARY VERSION EPOCH > FILE
//
// It looks at the program and not at go.mod, so that nothing is listed which is
// not in it. EPOCH is the moment to be named, in seconds since 1970: the same
// program gives the same bytes.
package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func run(args []string, to io.Writer) error {
	if len(args) != 3 {
		return errors.New("expected BINARY VERSION EPOCH")
	}
	epoch, err := strconv.ParseInt(args[2], 10, 64)
	if err != nil {
		return fmt.Errorf("reading EPOCH: %w", err)
	}
	info, err := buildinfo.ReadFile(args[0])
	if err != nil {
		return err
	}
	binary, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	bom, err := describe(info, args[1], sha256.Sum256(binary), time.Unix(epoch, 0).UTC())
	if err != nil {
		return err
	}
	enc := cdx.NewBOMEncoder(to, cdx.BOMFileFormatJSON)
	enc.SetEscapeHTML(false)
	return enc.SetPretty(true).Encode(bom)
}

// describe lists a program and its modules.
func describe(info *buildinfo.BuildInfo, version string, sum [sha256.Size]byte, at time.Time) (*cdx.BOM, error) {
	if info.Main.Path == "" {
		return nil, errors.New("the program was not built from a module")
	}
	program := cdx.Component{
		BOMRef: "program", Type: cdx.ComponentTypeApplication, Name: info.Main.Path, Version: version,
		Hashes:   &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum[:])}},
		Licenses: &cdx.Licenses{{License: &cdx.License{ID: "Apache-2.0"}}},
	}
	// The standard library is part of every program, and of every advisory.
	modules := []cdx.Component{component("std", strings.TrimPrefix(info.GoVersion, "go"))}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		c := component(m.Path, m.Version)
		hash, err := treeHash(m)
		if err != nil {
			return nil, err
		}
		c.Hashes = &[]cdx.Hash{hash}
		modules = append(modules, c)
	}
	slices.SortFunc(modules, func(a, b cdx.Component) int { return strings.Compare(a.BOMRef, b.BOMRef) })
	refs := make([]string, len(modules))
	for i, m := range modules {
		refs[i] = m.BOMRef
	}
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Timestamp: at.Format(time.RFC3339), Component: &program}
	bom.Components = &modules
	bom.Dependencies = &[]cdx.Dependency{{Ref: program.BOMRef, Dependencies: &refs}}
	return bom, nil
}

func component(path, version string) cdx.Component {
	purl := "pkg:golang/" + path + "@" + version
	return cdx.Component{BOMRef: purl, Type: cdx.ComponentTypeLibrary, Name: path, Version: version, PackageURL: purl}
}

// treeHash is the h1 of go.sum: a SHA-256 over the files of the module.
func treeHash(m *debug.Module) (cdx.Hash, error) {
	encoded, ok := strings.CutPrefix(m.Sum, "h1:")
	b, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(b) != sha256.Size {
		return cdx.Hash{}, fmt.Errorf("the module %s has no checksum in the program: got %q", m.Path, m.Sum)
	}
	return cdx.Hash{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(b)}, nil
}
