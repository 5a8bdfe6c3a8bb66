package form

import "github.com/pepost/pepost/internal/pep"

// PhaseIDs are the forms without circumstances, youngest first.
func (l *Library) PhaseIDs() []string {
	var out []string
	for _, phase := range []pep.Phase{pep.EarlyYears, pep.Statutory, pep.Post16} {
		out = append(out, l.phases[phase].id)
	}
	return out
}

// PackIDs are the packs of circumstances that any form may have.
func (l *Library) PackIDs() []string {
	var out []string
	for _, p := range l.packs {
		out = append(out, p.id)
	}
	return out
}

// Whole is the form of a phase with the packs of all circumstances at once:
// every question that a form of the phase can have.
func (l *Library) Whole(id string) (Form, bool) {
	for _, phase := range l.phases {
		if phase.id == id {
			return l.compose(phase, l.packs), true
		}
	}
	return Form{}, false
}
