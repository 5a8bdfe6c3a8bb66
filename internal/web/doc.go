// Package web shows the result of a term on a few read-only pages at a
// loopback address.
//
// It takes a [Result] without personal data (references, roles, methods,
// states, reasons and numbers) and the folder in which forms and messages were
// left, and serves pages that need no script, and those files by name. It
// answers only who asks for the very address it listens on, only GET and HEAD,
// and only files that the result lists. It changes nothing, keeps no session
// and logs no request.
package web
