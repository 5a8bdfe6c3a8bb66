// Package pack makes what a PEP meeting needs: the pack of pages that goes
// round the table, and each person's invitation for the calendar.
//
// It takes the child's form as it was built for one audience, with what is
// known and once more blank, and gives one document: cover, agenda, who is
// invited and whose views are here, last targets, attendance and attainment,
// the form, pages for the child's and the carer's views, a sheet of actions.
// The invitation is an iCalendar object (RFC 5545, RFC 5546) for one person.
//
// It never decides who may see what: whatever is not in the form it is given
// for an audience stands nowhere in the pack. It stores nothing, sends nothing
// and puts nothing of the child or the placement into an invitation.
package pack
