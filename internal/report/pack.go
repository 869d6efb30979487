package report

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Manifest says what a pack holds. Its SHA-256 is the one hash of the pack, which
// people sign: it covers every byte of every file, and the signatures themselves can
// lie beside them.
type Manifest struct {
	Files  []PackedFile
	SHA256 string // of the manifest's text, in hexadecimal
}

// A PackedFile is one file of a pack.
type PackedFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

const (
	manifestName    = "manifest.json"
	signatureFolder = "signatures/"

	maxManifest  = 1 << 20   // bytes: a pack has some ten files
	maxSignature = 64 << 10  // bytes: as approval reads a statement
	maxPackFiles = 100       // with signatures
	maxPackEntry = 256 << 30 // bytes of one file: the lines of ten years
)

// WritePack writes files into one zip, with a manifest of their hashes. Its bytes
// depend on the names and contents alone.
func WritePack(w io.Writer, files []File) (*Manifest, error) {
	z := newCanonicalZip(w)
	m := new(Manifest)
	for _, f := range files {
		entry, err := z.Create(f.Name)
		if err != nil {
			return nil, fmt.Errorf("packing %s: %w", f.Name, err)
		}
		sum, counted := sha256.New(), new(counter)
		if err := f.Write(io.MultiWriter(entry, sum, counted)); err != nil {
			return nil, fmt.Errorf("packing %s: %w", f.Name, err)
		}
		m.Files = append(m.Files, PackedFile{f.Name, hexOf(sum.Sum(nil)), int64(*counted)})
	}
	slices.SortFunc(m.Files, func(a, b PackedFile) int { return strings.Compare(a.Name, b.Name) })
	text, err := m.encode()
	if err != nil {
		return nil, err
	}
	entry, err := z.Create(manifestName)
	if err != nil {
		return nil, fmt.Errorf("packing the manifest: %w", err)
	}
	if _, err := entry.Write(text); err != nil {
		return nil, fmt.Errorf("packing the manifest: %w", err)
	}
	return m, z.Close()
}

// counter counts the bytes that are written to it.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

func hexOf(sum []byte) string { return hex.EncodeToString(sum) }

// encode returns the manifest's text and notes its hash.
func (m *Manifest) encode() ([]byte, error) {
	text, err := json.MarshalIndent(struct {
		Files []PackedFile `json:"files"`
	}{m.Files}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the manifest: %w", err)
	}
	text = append(text, '\n')
	sum := sha256.Sum256(text)
	m.SHA256 = hexOf(sum[:])
	return text, nil
}

// A Pack is a pack that was read and found to be what its manifest says.
type Pack struct {
	Manifest   Manifest
	Signatures []Signature // by name
	files      map[string]*zip.File
	raw        []*zip.File // in the order of the file
}

// A Signature is a signed statement that lies in a pack.
type Signature struct {
	Name string // of its author
	Text []byte
}

// ReadPack reads a pack and compares every file with the manifest. Whatever is
// missing, different or too much is an error.
func ReadPack(r io.ReaderAt, size int64) (*Pack, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("it is no zip file: %w", err)
	}
	if len(z.File) > maxPackFiles {
		return nil, fmt.Errorf("it holds %d files, more than any pack", len(z.File))
	}
	p := &Pack{files: make(map[string]*zip.File, len(z.File)), raw: z.File}
	for _, f := range z.File {
		if p.files[f.Name] != nil {
			return nil, fmt.Errorf("it holds %s twice", f.Name)
		}
		p.files[f.Name] = f
	}
	if err := p.readManifest(); err != nil {
		return nil, err
	}
	return p, p.compare()
}

func (p *Pack) readManifest() error {
	text, err := p.read(manifestName, maxManifest)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var listed struct {
		Files []PackedFile `json:"files"`
	}
	if err := d.Decode(&listed); err != nil {
		return fmt.Errorf("its manifest cannot be read: %w", err)
	}
	p.Manifest.Files = listed.Files
	again, err := p.Manifest.encode()
	if err != nil {
		return err
	}
	if !bytes.Equal(again, text) {
		return errors.New("its manifest is not written as this program writes it")
	}
	return nil
}

// compare holds every file to the manifest.
func (p *Pack) compare() error {
	listed := map[string]bool{manifestName: true}
	for _, f := range p.Manifest.Files {
		if listed[f.Name] || strings.HasPrefix(f.Name, signatureFolder) {
			return fmt.Errorf("its manifest names %s where it should not", f.Name)
		}
		listed[f.Name] = true
		got, err := p.hash(f)
		if err != nil {
			return err
		}
		if got != f.SHA256 {
			return fmt.Errorf("%s is not what the manifest says", f.Name)
		}
	}
	for _, f := range p.raw {
		author, signature := strings.CutPrefix(f.Name, signatureFolder)
		switch {
		case listed[f.Name]:
		case signature:
			text, err := p.read(f.Name, maxSignature)
			if err != nil {
				return err
			}
			p.Signatures = append(p.Signatures, Signature{strings.TrimSuffix(author, ".json"), text})
		default:
			return fmt.Errorf("it holds %s, which its manifest does not name", f.Name)
		}
	}
	slices.SortFunc(p.Signatures, func(a, b Signature) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// hash reads a file to its end, which may not be beyond what the manifest says.
func (p *Pack) hash(f PackedFile) (string, error) {
	r, err := p.open(f.Name)
	if err != nil {
		return "", err
	}
	if f.Bytes < 0 || f.Bytes > maxPackEntry {
		return "", errors.Join(fmt.Errorf("%s is said to have %d bytes", f.Name, f.Bytes), r.Close())
	}
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(r, f.Bytes+1))
	if err := errors.Join(err, r.Close()); err != nil {
		return "", fmt.Errorf("%s cannot be read: %w", f.Name, err)
	}
	if n != f.Bytes {
		return "", fmt.Errorf("%s does not have the %d bytes that the manifest says", f.Name, f.Bytes)
	}
	return hexOf(sum.Sum(nil)), nil
}

func (p *Pack) open(name string) (io.ReadCloser, error) {
	f := p.files[name]
	if f == nil {
		return nil, fmt.Errorf("it does not hold %s", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, err)
	}
	return r, nil
}

func (p *Pack) read(name string, limit int64) ([]byte, error) {
	r, err := p.open(name)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, err)
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("%s is longer than %d bytes", name, limit)
	}
	return text, nil
}

// File returns the content of a file that the manifest names.
func (p *Pack) File(name string) ([]byte, error) {
	for _, f := range p.Manifest.Files {
		if f.Name == name {
			return p.read(name, f.Bytes)
		}
	}
	return nil, fmt.Errorf("it does not hold %s", name)
}

// WriteSigned writes the pack once more, with the signatures beside its files: what
// they sign, the manifest, stays what it was.
func (p *Pack) WriteSigned(w io.Writer, signatures []Signature) error {
	out := zip.NewWriter(w)
	for _, f := range p.raw {
		if strings.HasPrefix(f.Name, signatureFolder) {
			continue
		}
		if err := out.Copy(f); err != nil {
			return fmt.Errorf("packing %s: %w", f.Name, err)
		}
	}
	sorted := slices.Clone(signatures)
	slices.SortFunc(sorted, func(a, b Signature) int { return strings.Compare(a.Name, b.Name) })
	for i, s := range sorted {
		header := &zip.FileHeader{Name: fmt.Sprintf("%s%d-%s.json", signatureFolder, i+1, plainName(s.Name)), Method: zip.Store}
		//lint:ignore SA1019 no entry of a pack has a time of its own
		header.ModifiedDate = firstDay
		entry, err := out.CreateHeader(header)
		if err == nil {
			_, err = entry.Write(s.Text)
		}
		if err != nil {
			return fmt.Errorf("packing the signature of %s: %w", s.Name, err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("packing the signatures: %w", err)
	}
	return nil
}

// plainName returns a name as a file can have it anywhere.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			return r
		}
		return '_'
	}, name)
}
