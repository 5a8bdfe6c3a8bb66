// Package addressbook judges whether a message may go to an address at all:
// the right person, before it is asked how the message is sealed.
//
// It takes what is known of one address (who vouched for it and when, when it
// was last used, whether it bounced, what a person said of it, which other
// addresses the same person has, which known domains resemble its own) and how
// the child's register stands to it, and gives one judgement: known, new, or
// held with the reason in an officer's words.
//
// # Which addresses are too alike
//
// Most wrong recipients are slips, and a slip is nearly the right address. But
// nearly the same is also what two teachers of one school are. The rule:
//
//   - A local part is a slip ([SlipOf]) only between two addresses of the same
//     domain that were recorded for the same person: one letter more, less,
//     other or swapped, or characters that look alike. Two people of one school,
//     a.jones and b.jones, are two people: the export names each by their own
//     name, and neither is a slip of the other. Nor are two numbered mailboxes of
//     one person (team1, team2), unless one took the other's place.
//   - A domain is a look-alike of another ([Alike]) whoever the people are: one
//     edit away, the same but for dots and hyphens, the same to the eye, the same
//     name under an ending that anybody can buy, or the whole known domain with
//     more behind it. Not so two numbered names (school1, school2), two names
//     under closed registries that only differ by their authority, a domain and
//     its own subdomain, and two of the large public providers.
//   - Only the later of the two is held, and only while the earlier one stands: it
//     was confirmed, or sent to, or vouched for by an earlier export. A twin that
//     was refused, that came back, or that is younger and was never sent to holds
//     nothing up. Two alike domains in one and the same export are two settings,
//     which the export vouches for: the release list says so, and holds neither.
//
// It keeps nothing, reads no clock and never decides how something is sealed.
// No reason of it holds an address or a name.
package addressbook
