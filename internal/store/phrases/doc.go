// Package phrases keeps the phrases that were agreed with settings by telephone
// and the mobile numbers that an officer confirmed. It fills the pipeline's
// seam for them.
//
// It takes an agreement and stores it sealed, the phrase in a cell of its own,
// with evidence that names neither contact nor phrase; it finds what stands by
// the keyed hash of the contact's address. A phrase that has ended is
// destroyed, its agreement stays. The package decides nothing about whom a
// phrase may be used for, and shows a phrase to nobody.
package phrases
