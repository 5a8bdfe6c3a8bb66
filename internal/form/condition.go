package form

// Condition decides by other answers whether a field is offered or needed.
// It is written in a definition file as text, for example
//
//	child.ncy >= 7 and set.on_roll is yes or pep.variant is transition
//
// "and" binds closer than "or"; there are no brackets. The zero Condition has
// no text and is true.
type Condition struct {
	Text string
	// Any holds where all tests of at least one of its members hold.
	Any [][]Test
}

// Test compares one field's answer.
type Test struct {
	Key    string
	Op     Op
	Values []string
}

// Op is how a test compares.
type Op string

// The comparisons. Within and Ago measure a date against the day the form was
// generated, in months.
const (
	Is       Op = "is"
	IsNot    Op = "is not"
	In       Op = "in"
	AtLeast  Op = ">="
	AtMost   Op = "<="
	Above    Op = ">"
	Below    Op = "<"
	Given    Op = "is given"
	NotGiven Op = "is not given"
	Within   Op = "within"
	Ago      Op = "ago"
)

// Truth is the outcome of a condition. Undecided means that an answer it asks
// for is not there yet.
type Truth string

// The outcomes.
const (
	False     Truth = "false"
	Undecided Truth = "undecided"
	True      Truth = "true"
)

// Judge decides the condition by the answers.
func (c Condition) Judge(v Values) Truth { return c.judge(scope{values: v}) }

func (c Condition) judge(s scope) Truth {
	if len(c.Any) == 0 {
		return True
	}
	outcome := False
	for _, all := range c.Any {
		outcome = either(outcome, judgeAll(all, s))
	}
	return outcome
}

func judgeAll(tests []Test, s scope) Truth {
	outcome := True
	for _, test := range tests {
		switch test.judge(s) {
		case False:
			return False
		case Undecided:
			outcome = Undecided
		case True:
		}
	}
	return outcome
}

func either(a, b Truth) Truth {
	switch {
	case a == True || b == True:
		return True
	case a == Undecided || b == Undecided:
		return Undecided
	}
	return False
}

func truth(b bool) Truth {
	if b {
		return True
	}
	return False
}
