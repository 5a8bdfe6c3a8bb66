// Package accounts keeps who may sign in, with their role and a
// hash of their password.
//
// It takes a name, a role and a password, and answers whether a name and a
// password belong together. Everything about an account is sealed; a name is
// found by a keyed hash of its lower-case letters, so that two accounts never
// differ in case alone. Every change, every sign-in and every failure becomes
// evidence. It never keeps, logs or tells a password, never says which of name
// and password was wrong, and an unknown name costs as much time as a known
// one. After five wrong passwords for a name none is looked at for ten
// minutes. It keeps no sessions.
package accounts
