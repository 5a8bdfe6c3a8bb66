package outbox

// Phase is how far a conversation with a relay came.
type Phase string

// The phases in the order in which a conversation passes them.
const (
	PhaseNone     Phase = ""         // nothing was attempted
	PhaseConnect  Phase = "connect"  // dialling and greeting
	PhaseTLS      Phase = "tls"      // STARTTLS, handshake, certificate
	PhaseAuth     Phase = "auth"     // signing in to the relay
	PhaseEnvelope Phase = "envelope" // MAIL FROM and RCPT TO
	PhaseData     Phase = "data"     // DATA and the body
	PhaseDot      Phase = "dot"      // the final dot was, or may have been, sent
	PhaseReply    Phase = "reply"    // the relay answered the final dot
)

// Result is what one attempt means for the delivery.
type Result string

// The results.
const (
	// ResultAccepted means the relay took responsibility (RFC 5321 section 6.1).
	ResultAccepted Result = "accepted"
	// ResultDeferred means nothing was delivered and a later attempt may succeed.
	ResultDeferred Result = "deferred"
	// ResultRefused means the relay will never take this message for this
	// recipient.
	ResultRefused Result = "refused"
	// ResultTooBig means the relay will not take a message of this size.
	ResultTooBig Result = "too big"
	// ResultRouteBroken means the relay itself cannot be used (sign-in
	// refused, relaying denied): the delivery is untouched.
	ResultRouteBroken Result = "route broken"
	// ResultTLSFault means verified TLS was not to be had: nothing was sent.
	ResultTLSFault Result = "tls fault"
	// ResultUncertain means the final dot may have been sent and no answer
	// came: the message may or may not have been delivered.
	ResultUncertain Result = "uncertain"
	// ResultCrashed means that this program failed before the final dot:
	// nothing was sent.
	ResultCrashed Result = "crashed"
)

// Results lists every result.
func Results() []Result {
	return []Result{
		ResultAccepted, ResultDeferred, ResultRefused, ResultTooBig,
		ResultRouteBroken, ResultTLSFault, ResultUncertain, ResultCrashed,
	}
}

// Outcome is one attempt as the relay left it.
type Outcome struct {
	Result   Result
	Phase    Phase
	Code     int    // SMTP reply code, 0 where there was none
	Enhanced string // enhanced status code (RFC 3463), empty where there was none
	Text     string // reply text, bounded, without control characters
	QueueID  string // the relay's own name for the message, where it gave one
	TLS      string // version, cipher and certificate fingerprint, empty without TLS
}
