// Package letter writes what a message says: sender name, subject, text and
// attachments, from the files in templates/ and the decision on its recipient.
//
// [Load] reads the template files, tries each of them out and gives every
// problem with file and line. [Templates.Write] takes an [Input], one document
// of one child for one recipient, and gives [Contents].
//
// # What a message may say
//
// A message to a secure address may say that it is about a Personal Education
// Plan. To any other address nothing outside the protected document does:
// templates for such addresses are not given the words to say it with, a
// template that spells them out is refused when it is loaded, and what was
// written is looked through once more before it is given out. Every message
// but an officer's digest carries exactly one reference, and a date, in its subject and its text; a
// file is named by the two alone. A letter that goes by registered post lies
// before the document in its envelope and says as little.
//
// The package decides nothing about delivery, encrypts nothing and composes no
// mail. It reads no clock, and only the files it is given. No child's name
// reaches it but inside the document, which it does not open.
package letter
