// Package termfile understands the files in which councils and schools publish
// their dates: term dates as CSV or iCalendar (RFC 5545), bank holidays in the
// JSON shape of gov.uk/bank-holidays.json.
//
// It takes bytes and gives academic years, each with the two halves of its
// three terms and its INSET days, or bank holidays; and every fault with its
// line and what to write. [SetYear] and [SetHolidays] put them into the text of
// a rule file and leave all the other lines as they are.
//
// It never guesses: a date that could be read two ways, a weekday name that is
// not the date's, terms that overlap and a year with a half missing are faults.
// It reads no file, no clock and no network, and bounds size, lines and events.
package termfile
