package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/schedules"
)

// rulesFolder is the folder of rules that an import writes.
type rulesFolder struct {
	authority string
	dir       string
	// now is what counts before the import: the folder, or the built-in rules
	// where the folder has none yet.
	now fs.FS
	// fresh is true where the built-in rules are copied into dir first.
	fresh bool
}

const noRulesFolder = "the configuration names no folder of rules, and the built-in ones cannot be written"

func (p *program) rulesToWrite(authority string, f calendarImportFlags) (rulesFolder, error) {
	c, err := p.optionalConfig()
	if err != nil {
		return rulesFolder{}, err
	}
	r := rulesFolder{authority: authority, dir: f.out}
	if c != nil {
		if r.authority == "" {
			r.authority = c.Authority
		}
		if r.dir == "" {
			r.dir = c.Schedules
		}
	}
	switch {
	case r.authority == "":
		return r, usage("name the authority: --authority cheshire-west")
	case strings.ContainsAny(r.authority, `/\`) || !fs.ValidPath(r.authority) || r.authority == ".":
		return r, usage("--authority is the name of a folder, such as cheshire-west")
	case r.dir == "" && !f.dryRun:
		return r, refusedConfig(errors.New(noRulesFolder), "add --out schedules: it copies them there; then write in pepost.yaml: folders: {schedules: ./schedules}")
	}
	r.now = schedules.FS
	if r.dir != "" {
		_, err = os.Stat(filepath.Join(r.dir, r.authority, "calendar.yaml"))
		if r.fresh = errors.Is(err, fs.ErrNotExist) && f.out != ""; !r.fresh {
			r.now = os.DirFS(r.dir)
		}
	}
	return r, nil
}

// text is a file of the rules that count now; empty where there is none.
func (r rulesFolder) text(name string) (string, error) {
	data, err := fs.ReadFile(r.now, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", failed(fmt.Errorf("reading the rules: %w", err), "")
	}
	return string(data), nil
}

// write loads a copy of the rules with the new texts as a check, and only then
// puts each file in its place at once.
func (r rulesFolder) write(texts map[string]string, dryRun bool) error {
	if err := r.check(texts); err != nil {
		return err
	}
	if dryRun {
		return nil
	}
	if r.fresh {
		if err := r.copyTo(r.dir, false); err != nil {
			return failed(err, "choose an empty folder")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		if err := replaceFile(filepath.Join(r.dir, filepath.FromSlash(name)), texts[name]); err != nil {
			return failed(err, "check who may write there")
		}
	}
	return nil
}

func (r rulesFolder) check(texts map[string]string) error {
	trial, err := os.MkdirTemp("", "pepost-rules-")
	if err != nil {
		return failed(fmt.Errorf("checking the rules: %w", err), "")
	}
	defer os.RemoveAll(trial)
	if err := r.copyTo(trial, true); err != nil {
		return failed(err, "")
	}
	for name, text := range texts {
		if err := replaceFile(filepath.Join(trial, filepath.FromSlash(name)), text); err != nil {
			return failed(err, "")
		}
	}
	calendars, err := fs.Glob(os.DirFS(trial), "*/calendar.yaml")
	if err != nil {
		return failed(fmt.Errorf("checking the rules: %w", err), "")
	}
	for _, name := range calendars {
		authority, _, _ := strings.Cut(name, "/")
		if _, err := calendar.Load(os.DirFS(trial), authority); err != nil && r.loads(authority) {
			return refusedConfig(fmt.Errorf("the rules would not hold with these dates: %w", err), "nothing was written")
		}
	}
	return nil
}

// loads reports whether an authority's calendar held before the import.
func (r rulesFolder) loads(authority string) bool {
	_, err := calendar.Load(r.now, authority)
	return err == nil
}

// copyTo copies the rule files: those of the authority and the bank holidays,
// or for a check of all authorities. A file that is there already stays.
func (r rulesFolder) copyTo(dir string, all bool) error {
	return fs.WalkDir(r.now, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("copying the rules: %w", err)
		}
		of, _, inFolder := strings.Cut(name, "/")
		if entry.IsDir() {
			if deep := strings.Count(name, "/") > 1; deep || (!all && name != "." && of != r.authority) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".yaml") || (!all && inFolder && of != r.authority) {
			return nil
		}
		target := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Lstat(target); err == nil {
			return nil
		}
		data, err := fs.ReadFile(r.now, name)
		if err != nil {
			return fmt.Errorf("copying the rules: %w", err)
		}
		return replaceFile(target, string(data))
	})
}

// replaceFile puts a text in the place of a file at once: after a crash the
// old or the new one stands there, whole.
func replaceFile(name, text string) (err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return fmt.Errorf("writing the rules: %w", err)
	}
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(name); err == nil {
		mode = info.Mode().Perm()
	}
	temporary, err := os.CreateTemp(filepath.Dir(name), ".pepost-*")
	if err != nil {
		return fmt.Errorf("writing the rules: %w", err)
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.WriteString(text)
	err = errors.Join(err, temporary.Chmod(mode), temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("writing the rules: %w", err)
	}
	return nil
}
