// Package form holds what a PEP form asks: its sections and fields, who fills
// each, when it is needed and who may see it.
//
// A [Library] is read from the officers' definition files (forms/*.yaml). It
// composes one [Form] for a plan (core, phase pack, circumstance packs),
// fills it in from the register, says what is missing and what has changed,
// and proves that the law's minimum content is asked for. All answers are
// canonical text: dates ISO, money with two decimals, choices by key.
//
// It does no I/O beyond reading the given [io/fs.FS], reads no clock, draws
// nothing and never redacts: room document decides what a reader gets, using
// the matrix kept here. Errors name keys, files and lines, never answers.
package form
