package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/pep"
)

// Keys keeps recipients' OpenPGP keys, each by the one address it is for,
// without regard to the case of the address's letters.
type Keys interface {
	// KeysOf gives what is on file for a canonical address; the zero KeysOnFile
	// where nothing is.
	KeysOf(ctx context.Context, canonical string) (KeysOnFile, error)
	// AllKeys gives what is on file for every address, by address.
	AllKeys(ctx context.Context) ([]KeysOnFile, error)
	// SaveKeys stores a change with its evidence in one transaction, if nobody
	// changed the address's keys since they were read; else it gives
	// [ErrKeysChanged].
	SaveKeys(ctx context.Context, change KeyChange) error
}

// ErrKeysChanged says that somebody else changed the keys of an address
// meanwhile.
var ErrKeysChanged = errors.New("somebody else changed the keys of this address meanwhile: look again")

// KeysOnFile is the keys of one address. Version counts their changes; 0 means
// that there never was one.
type KeysOnFile struct {
	Address string // canonical
	// Pinned is the confirmed key, Waiting one that waits for a second person;
	// nil where there is none.
	Pinned, Waiting *KeyOnFile
	Version         int
}

// KeyOnFile is one key, in its binary form, and who answers for it. Proved and
// ConfirmedProved are set where the name is that of an account whose password
// was checked.
type KeyOnFile struct {
	Fingerprint keyring.Fingerprint
	Key         []byte
	AddedBy     string
	AddedAt     time.Time
	Proved      bool
	ConfirmedBy string
	ConfirmedAt time.Time
}

// KeyChange is the keys of one address as they are to be stored, made from the
// version Was.
type KeyChange struct {
	Was int
	Now KeysOnFile
	At  time.Time
	By  string
	Why string
	// News is what was done, in words without any particular of a person, and
	// Fingerprint the key that it was done to.
	News        string
	Fingerprint keyring.Fingerprint
}

// OwnKeys are the council's own: the one messages are signed with and the one
// that everything is encrypted to as well, for its records, and the one that opens what comes back. Each may be nil.
type OwnKeys struct {
	Signer *keyring.Signer
	Escrow *keyring.Key
	// Opener opens what comes back encrypted to us; nil where no key of ours
	// does.
	Opener *keyring.Opener
	// Trouble is why one that is configured cannot be used; then nothing is
	// sealed by OpenPGP.
	Trouble string
}

// KeyActor is who adds, confirms or removes a key: a name, and whether an
// account's password proved it.
type KeyActor struct {
	Name   string
	Proved bool
}

// KeyError says why a key is not added, confirmed or removed. It names nobody.
type KeyError struct{ Why, Hint string }

// Error is why.
func (e *KeyError) Error() string { return e.Why }

// AddedKey is a key as it was put on file.
type AddedKey struct {
	Key keyring.Key
	// Findings are what is wrong with it without keeping it from being used.
	Findings []keyring.Finding
	// Waits is set where a second person must confirm it; a later copy of the
	// very key that is confirmed already does not wait.
	Waits bool
	// Replaces is set where another key is confirmed for the address: until this
	// one is confirmed or removed nothing is sent to either.
	Replaces bool
}

// AddKey puts a key on file for an address, where it waits for a second person.
// A key that may not be used today, or is another address's, is a [KeyError].
func (r *Runner) AddKey(ctx context.Context, address pep.Address, file []byte, by KeyActor) (AddedKey, error) {
	var refusedFile *keyring.RefusedError
	key, err := keyring.Parse(file)
	switch {
	case errors.As(err, &refusedFile):
		return AddedKey{}, &KeyError{Why: "the file is not taken: " + refusedFile.Reason}
	case err != nil:
		return AddedKey{}, err
	case address.Verdict() != pep.AddressGood:
		return AddedKey{}, &KeyError{Why: "the address is not one that mail is sent to: " + address.Reason()}
	case nameOf(by) == "":
		return AddedKey{}, &KeyError{Why: "a key is not added without a name"}
	}
	onFile, err := r.Keys.KeysOf(ctx, address.Canonical())
	if err != nil {
		return AddedKey{}, err
	}
	added := AddedKey{Key: key, Findings: key.Judge(address, r.today(), r.today())}
	if onFile.Pinned != nil && onFile.Pinned.Fingerprint == key.Fingerprint() {
		return added, r.renewKey(ctx, onFile, added, by)
	}
	if found, bad := keyring.Refusal(added.Findings); bad {
		return AddedKey{}, &KeyError{Why: "the key cannot be used: " + found.String(), Hint: "ask its owner for one that can"}
	}
	added.Waits, added.Replaces = true, onFile.Pinned != nil
	change := r.keyChange(onFile, address, by, "", "added, waits for a second person", key.Fingerprint())
	change.Now.Waiting = &KeyOnFile{Fingerprint: key.Fingerprint(), Key: key.Bytes(), AddedBy: nameOf(by), AddedAt: r.Now().UTC(), Proved: by.Proved}
	return added, r.Keys.SaveKeys(ctx, change)
}

// renewKey takes a later copy of the confirmed key: its own signatures vouch
// for whatever changed, a later end or a revocation. What is revoked stays so.
func (r *Runner) renewKey(ctx context.Context, onFile KeysOnFile, added AddedKey, by KeyActor) error {
	if old, err := keyring.Parse(onFile.Pinned.Key); err == nil {
		found, bad := keyring.Refusal(old.Usable(r.today(), r.today()))
		if bad && (found.Problem == keyring.Revoked || found.Problem == keyring.SubkeyRevoked) {
			if now, still := keyring.Refusal(added.Findings); !still || now.Problem != found.Problem {
				return &KeyError{Why: found.String() + ": a revocation is not taken back", Hint: "ask for a new key, and add that"}
			}
		}
	}
	change := r.keyChange(onFile, pep.ParseAddress(onFile.Address), by, "", "a later copy of the confirmed key taken", added.Key.Fingerprint())
	pinned := *onFile.Pinned
	pinned.Key = added.Key.Bytes()
	change.Now.Pinned = &pinned
	return r.Keys.SaveKeys(ctx, change)
}

// ConfirmKey pins the key that waits for an address, once somebody else than
// whoever added it typed its fingerprint back in full. A reading back that does
// not do leaves evidence too.
func (r *Runner) ConfirmKey(ctx context.Context, address pep.Address, typed string, by KeyActor) (keyring.Key, error) {
	onFile, err := r.Keys.KeysOf(ctx, address.Canonical())
	if err != nil {
		return keyring.Key{}, err
	}
	key, err := r.confirm(ctx, address, onFile, typed, by)
	var refused *KeyError
	if errors.As(err, &refused) && onFile.Waiting != nil && r.Evidence != nil {
		err = errors.Join(err, r.Evidence.Append(ctx, notConfirmed(onFile.Waiting.Fingerprint, typed, refused.Why, nameOf(by), r.Now())))
	}
	return key, err
}

// notConfirmed is the evidence of a fingerprint that was read back and not
// taken. What was typed is kept where it is a fingerprint at all: else it may
// be anything.
func notConfirmed(waiting keyring.Fingerprint, typed, why, by string, at time.Time) audit.Record {
	record := audit.Record{
		At: at, Action: audit.KeyNotConfirmed, By: by, Why: why,
		Facts: []audit.Fact{{Name: "fingerprint", Value: string(waiting)}},
	}
	if read, err := keyring.ParseFingerprint(typed); err == nil {
		record.Facts = append(record.Facts, audit.Fact{Name: "read_back", Value: string(read)})
	}
	return record
}

// confirm is [Runner.ConfirmKey] with the keys at hand.
func (r *Runner) confirm(ctx context.Context, address pep.Address, onFile KeysOnFile, typed string, by KeyActor) (keyring.Key, error) {
	fingerprint, err := keyring.ParseFingerprint(typed)
	if err != nil {
		return keyring.Key{}, &KeyError{Why: err.Error(), Hint: "ring the owner of the key and have it read out"}
	}
	if err := mayConfirm(onFile.Waiting, fingerprint, by); err != nil {
		return keyring.Key{}, err
	}
	key, err := keyring.Parse(onFile.Waiting.Key)
	if err != nil {
		return keyring.Key{}, fmt.Errorf("reading a stored key: %w", err)
	}
	if found, bad := keyring.Refusal(key.Judge(address, r.today(), r.today())); bad {
		return keyring.Key{}, &KeyError{Why: "the key cannot be used: " + found.String(), Hint: "remove it, and ask its owner for one that can"}
	}
	change := r.keyChange(onFile, address, by, "", "confirmed by a second person", fingerprint)
	pinned := *onFile.Waiting
	pinned.ConfirmedBy, pinned.ConfirmedAt = nameOf(by), r.Now().UTC()
	change.Now.Pinned, change.Now.Waiting = &pinned, nil
	return key, r.Keys.SaveKeys(ctx, change)
}

// mayConfirm says what keeps a person from confirming the key that waits.
func mayConfirm(waiting *KeyOnFile, fingerprint keyring.Fingerprint, by KeyActor) error {
	switch {
	case waiting == nil:
		return &KeyError{Why: "no key waits for this address", Hint: "pepost keys list shows what is on file"}
	case nameOf(by) == "":
		return &KeyError{Why: "a key is not confirmed without a name"}
	case strings.EqualFold(waiting.AddedBy, nameOf(by)):
		return &KeyError{Why: "whoever added a key does not confirm it: a second person must", Hint: "somebody else rings its owner and types the fingerprint"}
	case by.Proved && !waiting.Proved:
		return &KeyError{Why: "the key was added before there were accounts, by a name that nothing proves", Hint: "add it again with an account, then confirm it with another"}
	case waiting.Fingerprint != fingerprint:
		return &KeyError{Why: "the fingerprint is not that of the key that waits", Hint: "have it read out again by its owner; if it still differs, the key is not theirs: remove it"}
	}
	return nil
}

// RemoveKey takes the keys of an address off file, or only the one that waits.
func (r *Runner) RemoveKey(ctx context.Context, address pep.Address, waitingOnly bool, by KeyActor, why string) error {
	onFile, err := r.Keys.KeysOf(ctx, address.Canonical())
	switch {
	case err != nil:
		return err
	case strings.TrimSpace(why) == "":
		return &NeedsReasonError{Doing: "remove a key"}
	case nameOf(by) == "":
		return &KeyError{Why: "a key is not removed without a name"}
	case onFile.Waiting == nil && (waitingOnly || onFile.Pinned == nil):
		return &KeyError{Why: "no such key is on file for this address", Hint: "pepost keys list shows what is on file"}
	}
	gone, news := onFile.Pinned, "removed"
	if waitingOnly || gone == nil {
		gone, news = onFile.Waiting, "the one that waited removed"
	}
	change := r.keyChange(onFile, address, by, why, news, gone.Fingerprint)
	change.Now.Waiting = nil
	if !waitingOnly {
		change.Now.Pinned = nil
	}
	return r.Keys.SaveKeys(ctx, change)
}

func (r *Runner) keyChange(was KeysOnFile, address pep.Address, by KeyActor, why, news string, f keyring.Fingerprint) KeyChange {
	now := was
	now.Address = address.Canonical()
	return KeyChange{Was: was.Version, Now: now, At: r.Now(), By: nameOf(by), Why: strings.TrimSpace(why), News: news, Fingerprint: f}
}

// nameOf is a person's name with single blanks.
func nameOf(by KeyActor) string { return strings.Join(strings.Fields(by.Name), " ") }
