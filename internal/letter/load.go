package letter

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// class is how freely a message may speak.
type class string

const (
	secure  class = "secure"  // to a secure address
	neutral class = "neutral" // to any other
	sealed  class = "sealed"  // within a message that is encrypted as a whole
	posted  class = "posted"  // on paper, before the document in its envelope
	gateway class = "gateway" // to a gateway that encrypts it
)

// The template files. A reminder to an address that is not secure carries
// nothing to be protected.
const (
	formSecure        = "form-secure.txt"
	formProtected     = "form-protected.txt"
	chaseSecure       = "chase-secure.txt"
	chaseNeutral      = "chase-neutral.txt"
	escalateSecure    = "escalate-secure.txt"
	escalateNeutral   = "escalate-neutral.txt"
	finalSecure       = "final-secure.txt"
	finalProtected    = "final-protected.txt"
	transferSecure    = "transfer-secure.txt"
	transferProtected = "transfer-protected.txt"
	formSealed        = "form-sealed.txt"
	chaseSealed       = "chase-sealed.txt"
	escalateSealed    = "escalate-sealed.txt"
	finalSealed       = "final-sealed.txt"
	transferSealed    = "transfer-sealed.txt"
	formPost          = "form-post.txt"
	finalPost         = "final-post.txt"
	transferPost      = "transfer-post.txt"
	formGateway       = "form-gateway.txt"
	chaseGateway      = "chase-gateway.txt"
	escalateGateway   = "escalate-gateway.txt"
	finalGateway      = "final-gateway.txt"
	transferGateway   = "transfer-gateway.txt"
	packSecure        = "pack-secure.txt"
	packProtected     = "pack-protected.txt"
	packSealed        = "pack-sealed.txt"
	packGateway       = "pack-gateway.txt"
	callScript        = "call-script.txt"
	agreeScript       = "agree-script.txt"
	digestFile        = "digest.txt"
	// The agenda of a meeting stands beside the letters and is read elsewhere.
	agendaFile = "agenda.txt"
)

// purpose is what one template file is for.
type purpose struct {
	kind  Kind
	class class
}

// purposes names the file of every letter.
func purposes() map[purpose]string {
	return map[purpose]string{
		{Form, secure}:      formSecure,
		{Form, neutral}:     formProtected,
		{Chase, secure}:     chaseSecure,
		{Chase, neutral}:    chaseNeutral,
		{Final, secure}:     finalSecure,
		{Final, neutral}:    finalProtected,
		{Escalate, secure}:  escalateSecure,
		{Escalate, neutral}: escalateNeutral,
		{Transfer, secure}:  transferSecure,
		{Transfer, neutral}: transferProtected,
		{Form, sealed}:      formSealed,
		{Chase, sealed}:     chaseSealed,
		{Final, sealed}:     finalSealed,
		{Escalate, sealed}:  escalateSealed,
		{Transfer, sealed}:  transferSealed,
		{Form, posted}:      formPost,
		{Final, posted}:     finalPost,
		{Transfer, posted}:  transferPost,
		{Form, gateway}:     formGateway,
		{Chase, gateway}:    chaseGateway,
		{Final, gateway}:    finalGateway,
		{Escalate, gateway}: escalateGateway,
		{Transfer, gateway}: transferGateway,
		{Pack, secure}:      packSecure,
		{Pack, neutral}:     packProtected,
		{Pack, sealed}:      packSealed,
		{Pack, gateway}:     packGateway,
	}
}

// Templates are the words of all letters, parsed and tried out. The zero
// Templates has none and writes nothing.
type Templates struct {
	letters map[purpose]file
	script  file
	agree   file
	digest  file
}

// Load reads the template files of a folder. Files of further folders stand in
// for those of the same name, the last one first. The error is [Problems]:
// every mistake of all files, found by parsing each, by trying each out in
// every circumstance and, for letters to addresses that are not secure, by
// looking for words that say what the document is about.
func Load(shipped fs.FS, instead ...fs.FS) (Templates, error) {
	folders := append([]fs.FS{shipped}, instead...)
	t := Templates{letters: map[purpose]file{}}
	problems := strangers(instead)
	for what, name := range purposes() {
		source, fault := read(folders, name)
		f, faults := readFile(name, source, true)
		if fault != nil {
			faults = Problems{*fault}
		}
		if len(faults) == 0 && what.class != secure {
			faults = tellingLines(name, source)
		}
		if len(faults) == 0 {
			t.letters[what] = f
			faults = t.tryLetter(what)
		}
		problems = append(problems, faults...)
	}
	for name, to := range map[string]*file{callScript: &t.script, agreeScript: &t.agree} {
		source, fault := read(folders, name)
		script, faults := readFile(name, source, false)
		if fault != nil {
			faults = Problems{*fault}
		}
		if *to = script; len(faults) == 0 {
			faults = tryScript(*to)
		}
		problems = append(problems, faults...)
	}
	source, fault := read(folders, digestFile)
	digest, faults := readFile(digestFile, source, true)
	if fault != nil {
		faults = Problems{*fault}
	}
	if t.digest = digest; len(faults) == 0 {
		faults = t.tryDigest()
	}
	if problems = append(problems, faults...); len(problems) > 0 {
		return Templates{}, problems.sorted()
	}
	return t, nil
}

// read gives a file from the last folder that has it.
func read(folders []fs.FS, name string) (string, *Problem) {
	for _, folder := range slices.Backward(folders) {
		data, err := fs.ReadFile(folder, name)
		if err == nil {
			return string(data), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", &Problem{File: name, Text: fmt.Sprintf("it cannot be read: %v", err)}
		}
	}
	return "", &Problem{File: name, Text: "there is no such file", Hint: "every letter needs one"}
}

// strangers finds files whose name is that of no letter: a mistyped name would
// leave the shipped words in force unseen.
func strangers(folders []fs.FS) Problems {
	known := []string{callScript, agreeScript, digestFile, agendaFile}
	for _, name := range purposes() {
		known = append(known, name)
	}
	slices.Sort(known)
	var problems Problems
	for _, folder := range folders {
		names, err := fs.Glob(folder, "*.txt")
		if err != nil {
			problems = append(problems, Problem{File: ".", Text: fmt.Sprintf("the folder cannot be read: %v", err)})
		}
		for _, name := range names {
			if !slices.Contains(known, path.Base(name)) {
				problems = append(problems, Problem{File: name, Text: "no letter has this name", Hint: "the names are " + strings.Join(known, ", ")})
			}
		}
	}
	return problems
}

// tellingLines looks for telling words in the source of a template, its
// comment lines apart.
func tellingLines(name, source string) Problems {
	lines := strings.Split(source, "\n")
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(line, "\ufeff")), "#") {
			lines[i] = ""
			continue
		}
		if i > 0 && strings.TrimSpace(line) == "" {
			break
		}
	}
	if f, tells := telling(strings.Join(lines, "\n")); tells {
		return Problems{{
			File: name, Line: f.line,
			Text: fmt.Sprintf("%q says what the document is about, to an address that is not secure", f.phrase),
			Hint: "say it with the reference alone",
		}}
	}
	return nil
}
