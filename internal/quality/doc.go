// Package quality looks at a filled form as a Virtual School does: what is
// missing, whether the targets are specific, measurable, dated and costed, what
// was copied from last term, whether the child speaks in it.
//
// It takes a form, its answers, last term's answers and an authority's rules and
// gives findings in an officer's words, a proposed rating for each part and, by
// the authority's own roll-up, one for the whole. A person's ratings are rolled
// up by the same rule. All limits, words, weights and scales are the rules'.
//
// It never decides: a proposal is no rating. It changes no answer, reads no
// clock, and a finding never repeats an answer.
package quality
