package workload

// Work is one kind of thing that comes before a person.
type Work string

// The kinds of work.
const (
	Release Work = "release" // a draft to let go
	Holds   Work = "holds"   // a held delivery to look at
	Calls   Work = "calls"   // a call to hand a passphrase over, each attempt
	Returns Work = "returns" // a returned form to accept
	Finals  Work = "finals"  // a plan to make final
	Tasks   Work = "tasks"   // a task of the timetable to do
)

// Works lists every kind, in the order in which charts stack them.
func Works() []Work { return []Work{Release, Holds, Calls, Returns, Finals, Tasks} }

// Words is the kind in an officer's words.
func (w Work) Words() string {
	switch w {
	case Release:
		return "to release"
	case Holds:
		return "holds to look at"
	case Calls:
		return "calls to make"
	case Returns:
		return "returns to accept"
	case Finals:
		return "plans to make final"
	case Tasks:
		return "tasks to do"
	}
	return string(w)
}

// Amounts count things by kind of work.
type Amounts struct {
	Release int `json:"release"`
	Holds   int `json:"holds"`
	Calls   int `json:"calls"`
	Returns int `json:"returns"`
	Finals  int `json:"finals"`
	Tasks   int `json:"tasks"`
}

// Of is how much there is of one kind; nought of a kind that is none.
func (a Amounts) Of(w Work) int {
	if n := a.place(w); n != nil {
		return *n
	}
	return 0
}

// Add counts more of one kind.
func (a *Amounts) Add(w Work, n int) {
	if at := a.place(w); at != nil {
		*at += n
	}
}

func (a *Amounts) place(w Work) *int {
	switch w {
	case Release:
		return &a.Release
	case Holds:
		return &a.Holds
	case Calls:
		return &a.Calls
	case Returns:
		return &a.Returns
	case Finals:
		return &a.Finals
	case Tasks:
		return &a.Tasks
	}
	return nil
}

// Plus is both together.
func (a Amounts) Plus(b Amounts) Amounts {
	for _, w := range Works() {
		a.Add(w, b.Of(w))
	}
	return a
}

// Total is everything.
func (a Amounts) Total() int {
	n := 0
	for _, w := range Works() {
		n += a.Of(w)
	}
	return n
}
