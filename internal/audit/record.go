package audit

import (
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// Action is what was done.
type Action string

// The actions that leave evidence.
const (
	// Imported is an export taken into the register.
	Imported Action = "imported"
	// NamesShown is a person having asked to see children's names.
	NamesShown Action = "names shown"
	// DeliveryAdded is a delivery sealed and stored, or held from the start.
	DeliveryAdded Action = "delivery added"
	// DeliveryChanged is any event of a delivery after that.
	DeliveryChanged Action = "delivery changed"
	// PassphraseRead is a passphrase shown to a person, who reads it over the
	// telephone.
	PassphraseRead Action = "passphrase read"
	// PassphraseDestroyed is the stored passphrase of a delivery deleted.
	PassphraseDestroyed Action = "passphrase destroyed"
	// ReturnTaken is a filled form taken in.
	ReturnTaken Action = "return taken in"
	// ReturnSettled is a person's decision on a filled form.
	ReturnSettled Action = "return settled"
	// ReturnTold is a setting told that its form came back in clear.
	ReturnTold Action = "return in clear told"
	// MailJudged is a returned message judged, whatever followed from it.
	MailJudged Action = "mail judged"
	// MailSettled is a person's word that a message is done with.
	MailSettled Action = "mail settled"
	// MailDestroyed is a returned message destroyed, as it came, when its time
	// was over.
	MailDestroyed Action = "mail destroyed"
	// PlanFinalised is a final plan made from a form.
	PlanFinalised Action = "plan finalised"
	// QualityJudged is the Virtual School's judgement of a plan's filled form.
	QualityJudged Action = "quality judged"
	// PlanChanged is the course of a child's plan changed, by the register or by
	// a person.
	PlanChanged Action = "plan changed"
	// PolicyUsed is a delivery policy taken into use, with its hash.
	PolicyUsed Action = "policy used"
	// KeyChanged is an OpenPGP key added, confirmed or removed.
	KeyChanged Action = "key changed"
	// KeyNotConfirmed is a fingerprint that was read back and not taken.
	KeyNotConfirmed Action = "key not confirmed"
	// AccountChanged is an account made, given another password or disabled.
	AccountChanged Action = "account changed"
	// SignedIn is an account's person let in, to the page or to a command.
	SignedIn Action = "signed in"
	// SignInRefused is somebody not let in.
	SignInRefused Action = "sign-in refused"
	// ConsentGiven is an account's word for what needs two people.
	ConsentGiven Action = "consent given"
	// EvidenceRead is the evidence itself opened or exported.
	EvidenceRead Action = "evidence read"
	// AddressJudged is a person's word on an address: right or wrong.
	AddressJudged Action = "address judged"
	// IncidentOpened is all mail to one address frozen.
	IncidentOpened Action = "incident opened"
	// IncidentClosed is a freeze lifted by a person.
	IncidentClosed Action = "incident closed"
	// PhraseChanged is a phrase agreed with a setting told, confirmed or ended.
	PhraseChanged Action = "phrase changed"
	// PhoneChanged is a mobile number of a contact confirmed or removed.
	PhoneChanged Action = "telephone number changed"
	// InvitationMade is a new version of an invitation for the calendar given out.
	InvitationMade Action = "invitation made"
	// CanarySent is a canary handed to an encrypting gateway, or begun to be.
	CanarySent Action = "canary sent"
	// CanaryJudged is what became of one.
	CanaryJudged Action = "canary judged"
	// BackupMade is a copy of the database written.
	BackupMade Action = "backup made"
	// BackupRestored is a copy put in the place of the database.
	BackupRestored Action = "backup restored"
)

// Actions lists every action.
func Actions() []Action {
	return []Action{
		Imported, NamesShown, DeliveryAdded, DeliveryChanged, PassphraseRead, PassphraseDestroyed, ReturnTaken, ReturnSettled, ReturnTold, MailJudged, MailSettled, MailDestroyed,
		PlanFinalised, QualityJudged, PlanChanged, PolicyUsed, KeyChanged, KeyNotConfirmed, AccountChanged, SignedIn, SignInRefused, ConsentGiven, AddressJudged,
		EvidenceRead, IncidentOpened, IncidentClosed, PhraseChanged, PhoneChanged, InvitationMade, CanarySent, CanaryJudged, BackupMade, BackupRestored,
	}
}

// Fact is one particular of a record, such as the policy's hash. The order of
// facts is part of the evidence.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Record is one thing that was done. Seq, Prev and Hash are given by [Chain];
// what a caller sets there is overwritten.
type Record struct {
	Seq      int64     `json:"seq"`
	At       time.Time `json:"at"`
	Action   Action    `json:"action"`
	Ref      pep.Ref   `json:"ref,omitempty"`
	Delivery string    `json:"delivery,omitempty"`
	By       string    `json:"by,omitempty"`
	Why      string    `json:"why,omitempty"`
	Facts    []Fact    `json:"facts,omitempty"`
	Prev     string    `json:"prev"`
	Hash     string    `json:"hash"`
}
