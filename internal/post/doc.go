// Package post knows what registered post asks of a form that travels on
// paper: the recipient's address as it stands in the window of an envelope,
// the Royal Mail number with its check digit, the proofs of posting and of
// delivery, and the day on which somebody must ask what became of a letter.
//
// It takes texts of the register and of officers and gives values, or an error
// that says what is wrong without repeating a name or an address; [Pack] is
// what one envelope holds, to be drawn elsewhere. It decides nothing about
// delivery, prints nothing, reads no clock and asks nobody over a network.
package post
