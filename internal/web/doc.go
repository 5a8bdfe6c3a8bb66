// Package web shows read-only pages at a loopback address: the result of a
// term ([Site]), and what is to be done today behind a sign-in ([Console]).
//
// The site takes a [Result] without personal data (references, roles, methods,
// states, reasons and numbers) and the folder in which forms and messages were
// left, and serves pages that need no script, and those files by name. It
// answers only who asks for the very address it listens on, only GET and HEAD,
// and only files that the result lists.
//
// The console takes a [Today], which has no place for a name or a passphrase,
// anew for each request, and [Accounts] to ask who may see it. Sessions are its
// own few lines and no library's: they live in memory, bounded in number, by
// the hash of a random token, and a session library keeps the token itself.
//
// The package changes nothing of an installation and logs no request.
package web
