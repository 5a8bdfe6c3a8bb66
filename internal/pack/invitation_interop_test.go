//go:build interop

package pack_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// readAloud lets another reader of the format take an object apart.
const readAloud = `
import sys, icalendar
from datetime import timedelta
c = icalendar.Calendar.from_ical(open(sys.argv[1], 'rb').read())
assert not c.errors, c.errors
print('method', c['METHOD'])
[zone] = [x for x in c.walk('VTIMEZONE')]
print('zone', zone['TZID'], len(zone.subcomponents))
[e] = [x for x in c.walk('VEVENT')]
assert not e.errors, e.errors
print('uid', e['UID']); print('sequence', e['SEQUENCE']); print('status', e['STATUS'])
print('summary', e['SUMMARY']); print('place', e['LOCATION'])
print('organizer', e['ORGANIZER']); print('attendee', e['ATTENDEE'], e['ATTENDEE'].params['PARTSTAT'])
begins, ends = e['DTSTART'].dt, e['DTEND'].dt
print('begins', begins.isoformat(), e['DTSTART'].params['TZID']); print('lasts', int((ends - begins) / timedelta(minutes=1)))
`

func TestAnotherReaderFindsEverythingInAnInvitation(t *testing.T) {
	i := invitation()
	i.Place = strings.Repeat("Grüße; Ngũgĩ, 李明 ", 10)
	data, err := i.Write()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "one.ics")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("/usr/bin/python3", "-c", readAloud, path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"method REQUEST", "zone Europe/London 2", "uid abc@council.example", "sequence 2", "status CONFIRMED", "summary Meeting, reference 9E05-B5",
		"place " + i.Place, "organizer mailto:peps@council.example", "attendee mailto:Jo.Park@wyvern.example NEEDS-ACTION",
		"begins 2026-05-14T15:30:00+01:00 Europe/London", "lasts 80",
	} {
		if !strings.Contains(string(out), want+"\n") {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
