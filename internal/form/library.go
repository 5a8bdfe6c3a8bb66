package form

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// The definition files that are not packs. Every other *.yaml file of the
// folder is one pack.
const (
	choicesFile  = "choices.yaml"
	wordsFile    = "words.yaml"
	rightsFile   = "rights.yaml"
	coverageFile = "coverage.yaml"
)

// Library is all form definitions, read and found sound. It is immutable and
// may be shared.
type Library struct {
	core         pack
	phases       map[pep.Phase]pack
	packs        []pack
	lists        map[string][]option
	wording      wording
	definitions  []rightDefinition
	rights       Rights
	coverings    []covering
	coverageFile string
	digests      map[string]string
}

// Load reads every *.yaml file at the root of the folder. All problems are
// given at once, in a [DefinitionError].
func Load(files fs.FS) (*Library, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("listing the form definitions: %w", err)
	}
	l := &Library{
		phases: map[pep.Phase]pack{}, lists: map[string][]option{}, digests: map[string]string{},
		wording: wording{words: map[string]string{}}, coverageFile: coverageFile,
	}
	var problems []Problem
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("reading a form definition: %w", err)
		}
		l.take(file{name, &problems}, data)
	}
	slices.SortFunc(l.packs, func(a, b pack) int { return strings.Compare(a.id, b.id) })
	l.checkFiles(&problems, names)
	if len(problems) == 0 {
		l.rights = rightsOf(l.definitions, "")
		l.verify(&problems)
	}
	if len(problems) > 0 {
		sortProblems(problems)
		return nil, &DefinitionError{problems}
	}
	return l, nil
}

// take reads one file into the library.
func (l *Library) take(f file, data []byte) {
	root, ok := f.parse(data)
	if !ok {
		return
	}
	digest := sha256.Sum256(data)
	l.digests[f.name] = hex.EncodeToString(digest[:])
	switch f.name {
	case choicesFile:
		f.each(root, "the choices file", map[string]func(node){"choices": func(n node) { f.lists(n, l.lists) }})
	case wordsFile:
		l.wording = f.wording(root)
	case rightsFile:
		l.definitions = f.rights(root)
	case coverageFile:
		l.coverings = f.coverings(root)
	default:
		l.addPack(f, f.pack(root))
	}
}

func (l *Library) addPack(f file, p pack) {
	at := node{line: p.line, column: 1, text: p.id}
	switch {
	case p.phase != "" && len(p.circumstances) > 0:
		f.report(at, "a pack is for a phase or for circumstances, not both", "split it")
	case p.phase != "" && l.phases[p.phase].id != "":
		f.report(at, "two packs are for the same phase", "remove one")
	case p.phase != "":
		l.phases[p.phase] = p
	case len(p.circumstances) > 0:
		l.packs = append(l.packs, p)
	case l.core.id != "":
		f.report(at, "a pack needs a phase or circumstances; there is a core already", "add phase: or circumstances:")
	default:
		l.core = p
	}
}

// checkFiles reports what a library cannot do without.
func (l *Library) checkFiles(problems *[]Problem, names []string) {
	for _, name := range []string{choicesFile, wordsFile, rightsFile, coverageFile} {
		if !slices.Contains(names, name) {
			*problems = append(*problems, Problem{File: name, Text: "the file is missing", Hint: "copy it from the shipped forms"})
		}
	}
	if len(*problems) > 0 {
		return // a pack that could not be read is not missing
	}
	if l.core.id == "" {
		*problems = append(*problems, Problem{File: "core.yaml", Text: "no pack is the core: the one without phase and circumstances", Hint: "copy it from the shipped forms"})
	}
	for _, phase := range []pep.Phase{pep.EarlyYears, pep.Statutory, pep.Post16} {
		if l.phases[phase].id == "" {
			*problems = append(*problems, Problem{File: ".", Value: string(phase), Text: "no pack is for the phase", Hint: "copy it from the shipped forms"})
		}
	}
}

// ErrUnknownWord is the word an authority wants to say otherwise but that the
// words file does not have.
var ErrUnknownWord = errors.New("the words file has no such word")

// For is the library as one authority has it: its own matrix of who may see
// what, where rights.yaml gives one, and its own words ("cared for" where the
// shipped forms say "looked after").
func (l *Library) For(authority string, words map[string]string) (*Library, error) {
	mine := *l
	mine.rights = rightsOf(l.definitions, authority)
	mine.wording.words = maps.Clone(l.wording.words)
	for word, own := range words {
		if _, ok := mine.wording.words[word]; !ok {
			return nil, fmt.Errorf("word %q: %w; it has %s", word, ErrUnknownWord,
				strings.Join(slices.Sorted(maps.Keys(l.wording.words)), ", "))
		}
		mine.wording.words[word] = own
	}
	return &mine, nil
}

// MaySee reports whether a role may see a field, by the authority's matrix,
// where nothing special is noted about the person.
func (l *Library) MaySee(field Field, role pep.Role) bool {
	return l.rights.MaySee(field, role, false)
}

// IDs lists the forms without circumstances and each with every single
// circumstance pack.
func (l *Library) IDs() []string {
	var out []string
	for _, phase := range []pep.Phase{pep.EarlyYears, pep.Statutory, pep.Post16} {
		out = append(out, l.phases[phase].id)
		for _, p := range l.packs {
			out = append(out, l.phases[phase].id+"+"+p.id)
		}
	}
	return out
}

// everyPack walks the core, the phase packs and the circumstance packs.
func (l *Library) everyPack() []pack {
	out := []pack{l.core}
	for _, phase := range []pep.Phase{pep.EarlyYears, pep.Statutory, pep.Post16} {
		out = append(out, l.phases[phase])
	}
	return append(out, l.packs...)
}

// keys are the keys of all fields of all packs, contacts taken apart.
func (l *Library) keys() []string {
	var out []string
	for _, p := range l.everyPack() {
		for _, s := range p.sections {
			for _, q := range s.questions {
				for _, field := range l.fields(p, q) {
					out = append(out, field.Key)
				}
			}
		}
	}
	return out
}

func (l *Library) knows(key string) bool { return slices.Contains(l.keys(), key) }
