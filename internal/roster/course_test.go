package roster_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/roster"
)

const episodesHead = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"

// episode is one episode of child 7 in a care order with foster carers.
func episode(start, end, reason string) string {
	return "7," + start + ",S,C2,,U4,," + end + "," + reason + ",,,,"
}

// course is what the optional columns say of a plan's course.
type course struct {
	Part    pep.Answer
	Status  pep.MeetingStatus
	Forward pep.BringForward
	Left    pep.Date
}

func courseOf(c pep.Child) course {
	return course{c.SocialWorkerPart, c.MeetingStatus, c.BringForward, c.LeftCare}
}

func TestOptionalColumnsOfAPlansCourse(t *testing.T) {
	for _, row := range []struct {
		header, cells string
		want          course
	}{
		{
			"Social Worker Part,PEP Meeting Status,Bring Forward,Date Left Care", "Yes,Booked,School move,17/03/2026",
			course{pep.Yes, pep.MeetingBooked, pep.NewSchool, pep.MustDate("2026-03-17")},
		},
		{
			"Social Worker Part,PEP Meeting Status,Bring Forward,Date Left Care", "Not complete,Took place,custody,46098",
			course{pep.No, pep.MeetingHeld, pep.Sentenced, pep.MustDate("2026-03-17")},
		},
		{"Social Worker Part,PEP Meeting Status,Bring Forward,Date Left Care", ",,,", course{}},
		{
			"SW Part,Meeting Status,Bring Forward Reason,Date Ceased", "incomplete,arranged,Excluded,2026-03-17",
			course{pep.No, pep.MeetingBooked, pep.Excluded, pep.MustDate("2026-03-17")},
		},
		{
			"social_worker_section,MEETING STATUS,brought_forward,ceased_looked_after", "complete,canceled,VS request,",
			course{pep.Yes, pep.MeetingCancelled, pep.VirtualSchoolAsks, pep.Date{}},
		},
		{
			"SW section complete,Meeting status,Bring forward,Date ceased looked after", "TRUE,rescheduled,IRO request,",
			course{pep.Yes, pep.MeetingReconvened, pep.ReviewerAsks, pep.Date{}},
		},
		{"Left Care Date", "17/03/2026", course{Left: pep.MustDate("2026-03-17")}},
	} {
		b := read(table(childHeader+","+row.header, childRow+","+row.cells))
		if len(b.Children) != 1 || len(b.Warnings) != 0 || len(b.Tables[0].Unknown) != 0 {
			t.Errorf("%s: %d children, warnings %v, unknown %v", row.header, len(b.Children), told(b.Warnings), b.Tables[0].Unknown)
			continue
		}
		if diff := cmp.Diff(row.want, courseOf(b.Children[0])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.header, diff)
		}
	}
}

func TestAWrongWordInAnOptionalColumnIsEmptyAndTheRowStands(t *testing.T) {
	b := read(table(childHeader+",Social Worker Part,PEP Meeting Status,Bring Forward,Date Left Care", childRow+",perhaps,postponed,yes,03/17/2026"))
	want := []string{
		"file1:2 Social Worker Part unknown_code", "file1:2 PEP Meeting Status unknown_code",
		"file1:2 Bring Forward unknown_code", "file1:2 Date Left Care ambiguous_date",
	}
	if diff := cmp.Diff(want, told(b.Warnings)); diff != "" || len(b.Children) != 1 || courseOf(b.Children[0]) != (course{}) {
		t.Errorf("children %+v, warnings (-want +got):\n%s", b.Children, diff)
	}
}

func TestJSONHasTheOptionalColumnsToo(t *testing.T) {
	b := read(`{"person_id":"7","forename":"Ada","date_of_birth":"2017-03-25","date_became_looked_after":"2020-02-01","social_worker_part":false,` +
		`"pep_meeting_status":"proposed","bring_forward":"permanent exclusion","date_left_care":"2026-03-17"}`)
	want := course{pep.No, pep.MeetingProposed, pep.Excluded, pep.MustDate("2026-03-17")}
	if len(b.Children) != 1 || courseOf(b.Children[0]) != want {
		t.Errorf("%+v, warnings %v, unread %v", b.Children, told(b.Warnings), b.Unread)
	}
}

// withBlankColumns adds empty cells to the end of every row of a CSV whose
// cells hold no line break.
func withBlankColumns(text, names string) string {
	lines := strings.SplitAfter(text, "\r\n")
	for i, line := range lines {
		end := strings.Repeat(",", strings.Count(names, ",")+1)
		if i == 0 {
			end = "," + names
		}
		if bare, is := strings.CutSuffix(line, "\r\n"); is {
			lines[i] = bare + end + "\r\n"
		}
	}
	return strings.Join(lines, "")
}

func TestBlankOptionalColumnsChangeNothingOfTheSample(t *testing.T) {
	without := sample(t)
	with := sample(t)
	with.Files[0].Data = []byte(withBlankColumns(string(with.Files[0].Data), "Social Worker Part,PEP Meeting Status,Bring Forward,Date Left Care"))
	if diff := cmp.Diff(roster.Read(without), roster.Read(with), sameBatch()); diff != "" {
		t.Errorf("the same rows are not the same (-without +with):\n%s", diff)
	}
}

func TestEndOfTheNewestEpisodeIsLeavingCare(t *testing.T) {
	for _, row := range []struct {
		name     string
		episodes []string
		left     string
		warnings []string
	}{
		{"open", []string{episode("01/02/2020", "", "")}, "", nil},
		{"ended for good", []string{episode("01/02/2020", "03/02/2026", "E4A")}, "2026-02-03", nil},
		{"reason in small letters", []string{episode("01/02/2020", "03/02/2026", "e8")}, "2026-02-03", nil},
		{"a new one begins the same day", []string{episode("01/02/2020", "03/02/2026", "X1")}, "", nil},
		{"moved and then ended", []string{episode("01/02/2020", "03/02/2024", "X1"), episode("03/02/2024", "04/02/2026", "E11")}, "2026-02-04", nil},
		{"ended and back", []string{episode("01/02/2020", "03/02/2024", "E4B"), episode("05/05/2025", "", "")}, "", nil},
		{"back for a while", []string{episode("01/02/2020", "03/02/2024", "E4B"), episode("05/05/2025", "06/06/2025", "E8")}, "2025-06-06", nil},
		{"ended and moved since", []string{episode("01/02/2020", "03/02/2024", "E4B"), episode("05/05/2025", "06/06/2025", "X1")}, "", nil},
		{"an older one is open", []string{episode("01/02/2020", "", ""), episode("05/05/2025", "06/06/2025", "E8")}, "", nil},
		{"two on one day", []string{episode("05/05/2025", "05/05/2025", "X1"), episode("05/05/2025", "06/06/2025", "E8")}, "2025-06-06", nil},
		{"no reason", []string{episode("01/02/2020", "03/02/2026", "")}, "", []string{"file2:2 REC missing_required"}},
		{"no such reason", []string{episode("01/02/2020", "03/02/2026", "Z9")}, "", []string{"file2:2 REC unknown_code"}},
		{"ends before it starts", []string{episode("01/02/2020", "03/02/2019", "E8")}, "", []string{"file2:2 DEC bad_date"}},
		{"reason and no end", []string{episode("01/02/2020", "", "E8")}, "", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			b := read(table(childHeader, childRow), table(append([]string{episodesHead}, row.episodes...)...))
			if got := b.Returns["7"].LeftCare.String(); got != row.left {
				t.Errorf("left care on %q, want %q", got, row.left)
			}
			if diff := cmp.Diff(row.warnings, told(b.Warnings)); diff != "" || len(b.Rejects) != 0 {
				t.Errorf("rejects %v, warnings (-want +got):\n%s", told(b.Rejects), diff)
			}
			if !b.Children[0].LeftCare.IsZero() {
				t.Error("the return was put into the case system's own row")
			}
		})
	}
}

func TestOrderOfTheEpisodesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := pep.MustDate("2020-01-01")
		var rows []string
		for range rapid.IntRange(1, 5).Draw(t, "episodes") {
			start := first.AddDays(rapid.IntRange(0, 6).Draw(t, "start"))
			end, reason := "", ""
			if days := rapid.IntRange(-1, 4).Draw(t, "days"); days >= 0 {
				end, reason = start.AddDays(days).Slashed(), rapid.SampledFrom([]string{"X1", "E4A", "E8"}).Draw(t, "reason")
			}
			rows = append(rows, episode(start.Slashed(), end, reason))
		}
		in := func(rows []string) pep.Return903 {
			said := read(table(childHeader, childRow), table(append([]string{episodesHead}, rows...)...)).Returns["7"]
			return pep.Return903{LatestEpisode: said.LatestEpisode, LeftCare: said.LeftCare}
		}
		want := in(rows)
		turned := rapid.Permutation(rows).Draw(t, "order")
		if got := in(turned); got != want {
			t.Fatalf("%v in one order and %v in another: %s", want, got, fmt.Sprint(turned))
		}
	})
}
