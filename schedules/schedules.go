// Package schedules carries the rules of the authorities that the program is
// shipped with: for each a folder with its calendar (calendar.yaml), its
// timetable (timetable.yaml) and its delivery policy (delivery.yaml), and
// beside them the bank holidays of England. A folder settings inside an
// authority's holds the term dates of single settings that keep their own.
//
// The files are data that officers can read and change; a folder named in the
// configuration takes the place of FS. The rooms calendar, timetable and route
// read them and say what is wrong with file, line and column. Nothing here is
// code but the embedding.
package schedules

import "embed"

// FS holds every rule file, as <authority>/<file>.yaml,
// <authority>/settings/<setting>.yaml and bank-holidays.yaml.
//
//go:embed */*.yaml */settings/*.yaml *.yaml
var FS embed.FS
