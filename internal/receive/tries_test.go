package receive

import "testing"

func TestAFileThatAsksForMoreWorkIsTriedLessOften(t *testing.T) {
	for spins, want := range map[uint32]int{0: 8, 100_000: 8, 1_250_000: 8, 5_000_000: 2, 10_000_000: 1} {
		if got := mostTries(spins); got != want {
			t.Errorf("%d spins: %d tries, want %d", spins, got, want)
		}
	}
}

func TestHyphensInATextAreNoHeader(t *testing.T) {
	long := make([]byte, 0, 2*maxHeader)
	for len(long) < maxHeader+1000 {
		long = append(long, "<td>12:30</td><td>no end in sight</td>\r\n"...)
	}
	for _, start := range []string{"-->\r\n<table>\r\n", "--\r\nA. Teacher\r\n"} {
		if !partsBounded(append([]byte(start), long...)) {
			t.Errorf("a text after %q is taken for a header", start)
		}
	}
	if partsBounded(append([]byte("--b\r\n"), long...)) {
		t.Error("a header without end is within the bounds")
	}
}
