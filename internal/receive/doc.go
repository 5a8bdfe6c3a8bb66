// Package receive judges what comes back: a mail in the returns mailbox, or a
// file that an officer hands in.
//
// [Judge] takes the bytes of one message and what is known of the mail that
// was sent, and gives a [Return]: whether the message is a filled form, a
// delivery report or an automatic reply, which child's it is and why that is
// certain, the form opened and read, and what differs from what was sent.
// [JudgeFile] does the same for a file. Whatever is not certain goes before a
// person with the reasons; nothing is dropped.
//
// A reference in a mail says where it belongs, never that it may be trusted.
// A delivery report counts only where it has what mail systems alone were told:
// the signed envelope identifier, else the signed return path. An answer that a
// person writes has neither, since it goes to the mailbox named in the message;
// it is matched by the message it answers and by the form itself.
//
// The sender's address proves nothing either, but one to which the form did
// not go is always for a person. The package answers no mail, follows no link,
// does no I/O but through the seam [Mailbox], reads no clock, and puts no
// personal data and no text of a message into an error.
package receive
