package rehearsal

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/roster"
	"github.com/pepost/pepost/internal/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The children of the sample whom later exports change.
const (
	waitsForWorker = "388317" // the social worker's part is not complete, then it is
	leavesCare     = "302317"
	excluded       = "300667"
	movesWithPlan  = "329128" // changes school after the plan was made final
	movesWithForm  = "359629" // changes school while the form waits
	reconvenes     = "335404" // the meeting is cancelled, then there is another
)

func changedChildren() []string {
	return []string{waitsForWorker, leavesCare, excluded, movesWithPlan, movesWithForm, reconvenes}
}

// only is the sample's first export with the rows of some children.
func only(t testing.TB, ids []string) []Export {
	var some []Export
	for _, file := range exports(t) {
		switch file.Name {
		case "children.csv":
			lines := slices.DeleteFunc(bytes.SplitAfter(file.Data, []byte("\r\n")), func(line []byte) bool {
				id, _, row := bytes.Cut(line, []byte(","))
				return row && len(bytes.Trim(id, "0123456789")) == 0 && !slices.Contains(ids, string(id))
			})
			file.Data = bytes.Join(lines, nil)
			some = append(some, file)
		case "contacts.csv", "targets.txt":
			some = append(some, file)
		}
	}
	return some
}

// termOfChanges is the whole term played with the children whom later exports
// change, and with no other.
func termOfChanges(t *testing.T) (Stage, Story, map[pep.Ref]string) {
	t.Helper()
	stage := preparedWith(t, must(store.NewKeys())(t), t.TempDir(), only(t, changedChildren()))
	stage.Folder = ""
	story := must(Play(t.Context(), stage, pep.MustDate("2026-01-05"), pep.MustDate("2026-04-01")))(t)
	ids := map[pep.Ref]string{}
	for _, record := range must(stage.Runner.Register.Records(t.Context()))(t) {
		ids[record.Ref] = record.Child.ID
	}
	return stage, story, ids
}

// TestTheTermsChangesHaveTheirConsequences compares all that is told of the
// changed children with a golden file, the children by their numbers since
// references differ from one installation to another.
func TestTheTermsChangesHaveTheirConsequences(t *testing.T) {
	stage, story, ids := termOfChanges(t)
	var told []string
	lines := story.Changes()
	slices.SortStableFunc(lines, func(a, b Line) int {
		return cmp.Or(strings.Compare(ids[a.Ref], ids[b.Ref]), a.Day.Compare(b.Day))
	})
	for _, line := range lines {
		told = append(told, fmt.Sprintf("%s %s%s", line.Day, ids[line.Ref], strings.TrimPrefix(line.Text, string(line.Ref))))
	}
	golden(t, "changes.txt", inStableOrder(told))
	all := must(stage.Runner.Deliveries.List(t.Context(), pipeline.Filter{}))(t)
	t.Run("nobody gets the full plan before it is authorised", func(t *testing.T) { nothingBeforeWord(t, stage, story, all, ids) })
	t.Run("nothing leaves for a child who left care", func(t *testing.T) { nothingAfterCare(t, all, ids) })
	if story.Transfers != 2 || story.Withdrawn < 4 || len(story.Changed) != len(changedChildren()) || len(story.Failures) > 0 {
		t.Errorf("%d transfers, %d taken back, %d children changed, failures %v", story.Transfers, story.Withdrawn, len(story.Changed), story.Failures)
	}
}

// inStableOrder sorts what reaches several readers at one moment, whose order
// is each installation's own.
func inStableOrder(told []string) string {
	reaches := func(line string) bool { return strings.Contains(line, " reaches ") }
	for first := 0; first < len(told); first++ {
		last := first
		for last < len(told) && reaches(told[last]) && told[last][:10] == told[first][:10] {
			last++
		}
		slices.Sort(told[first:last])
		first = max(first, last-1)
	}
	return strings.Join(told, "\n") + "\n"
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := gocmp.Diff(string(must(os.ReadFile(file))(t)), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// nothingBeforeWord: between the change of school and the Virtual School's word
// no final plan leaves for a designated teacher, and the former one gets
// nothing at all from then on.
func nothingBeforeWord(t *testing.T, stage Stage, story Story, all []outbox.Delivery, ids map[pep.Ref]string) {
	moved, transfers := pep.MustDate("2026-02-26"), 0
	for _, d := range all {
		if ids[d.Ref] != movesWithPlan && ids[d.Ref] != movesWithForm {
			continue
		}
		for _, m := range story.Messages {
			if m.Delivery != d.ID || m.Day.Before(moved) {
				continue
			}
			if strings.Contains(d.Recipient.Address.Canonical(), "dellmarrow") {
				t.Errorf("%s: a %s reached the former setting on %s", ids[d.Ref], d.Kind, m.Day)
			}
			if d.Kind == outbox.KindFinal && d.Recipient.Role.Designated() && m.Day.Before(pep.MustDate("2026-03-26")) {
				t.Errorf("%s: a final plan reached the new setting on %s, and not as an authorised transfer", ids[d.Ref], m.Day)
			}
			if d.Kind == outbox.KindTransfer {
				transfers++
			}
		}
	}
	if transfers != 1 {
		t.Errorf("%d full plans reached the new setting as a transfer, want the one that was final", transfers)
	}
	record := must(stage.Runner.Register.ByChildID(t.Context(), movesWithPlan))(t)
	if plans := must(stage.Runner.PlansOf(t.Context(), record.Ref))(t); len(plans) != 2 {
		t.Errorf("%d plans of the child who moved, want the old setting's and the new one's", len(plans))
	}
}

func nothingAfterCare(t *testing.T, all []outbox.Delivery, ids map[pep.Ref]string) {
	for _, d := range all {
		if ids[d.Ref] == leavesCare && d.State != outbox.Cancelled {
			t.Errorf("the %s for the %s is %s", d.Kind, d.Recipient.Role, d.State)
		}
	}
}

func TestLaterExportsAreWholeAndInTheTermsOrder(t *testing.T) {
	known := map[string]pep.Date{}
	for _, c := range batchOf(t, exports(t), nil).Children {
		known[c.ID] = c.DateOfBirth
	}
	var before pep.Date
	var changed []string
	for _, later := range must(LaterExports())(t) {
		if !before.Before(later.Day) || len(later.Files) == 0 {
			t.Errorf("%s with %d files comes after %s", later.Day, len(later.Files), before)
		}
		before = later.Day
		batch := batchOf(t, later.Files, known)
		if len(batch.Rejects)+len(batch.Unread) > 0 || len(batch.Children) == 0 {
			t.Errorf("%s: %d children, refused %v, unread %v", later.Day, len(batch.Children), batch.Rejects, batch.Unread)
		}
		for _, table := range batch.Tables {
			if len(table.Unknown) > 0 {
				t.Errorf("%s: columns %v are not read", later.Day, table.Unknown)
			}
		}
		for _, c := range batch.Children {
			if _, of := known[c.ID]; !of {
				t.Errorf("%s: a child whom the first export does not have", later.Day)
			}
			changed = append(changed, c.ID)
		}
	}
	slices.Sort(changed)
	if diff := gocmp.Diff(slices.Sorted(slices.Values(changedChildren())), slices.Compact(changed)); diff != "" {
		t.Error(diff)
	}
}

func batchOf(t *testing.T, files []Export, known map[string]pep.Date) roster.Batch {
	t.Helper()
	in := roster.Input{AsOf: pep.MustDate("2026-04-01"), Known: known}
	for _, file := range files {
		in.Files = append(in.Files, roster.File{Name: file.Name, Data: file.Data})
	}
	return roster.Read(in)
}
