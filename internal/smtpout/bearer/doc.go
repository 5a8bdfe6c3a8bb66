// Package bearer gets the tokens with which a relay is signed in to by XOAUTH2.
//
// A token comes from a file that somebody else keeps fresh, or from the
// client-credentials endpoint of an OAuth 2.0 server (RFC 6749 section 4.4),
// whose answer is kept until shortly before it expires. Whoever uses one says
// which token was just refused, and gets another or the reason why there is
// none.
//
// It never writes a token or a secret anywhere, follows no redirect, speaks
// HTTPS only, and its errors repeat nothing of what a server answered.
package bearer
