// Package pipeline is the readable walk of a plan, one file for each verb:
// import, plan, preview, approve, release, take in, finalise.
//
// It is the only conductor: it takes what one stage gives and hands it to the
// next, so that no stage knows another. It declares the seams it needs
// ([Register], [Deliveries], [Evidence], [Clock]) and is given what stands
// behind them. It prints nothing, opens no file and no connection, and holds
// no rule of its own.
package pipeline
