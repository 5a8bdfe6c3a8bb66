package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"time"
)

// encoding names the way a record is turned into bytes before it is hashed. A
// change of that way is a new name, so that old evidence stays provable.
const encoding = "pepost evidence 1"

// Chain gives the record its place after prev and its hash. The zero prev
// starts a chain. Times are kept to the microsecond, in UTC, as databases keep
// them; anything that looks like a mail address in Why is blanked.
func Chain(prev, r Record) Record {
	r.Seq, r.Prev = prev.Seq+1, prev.Hash
	r.At = r.At.UTC().Truncate(time.Microsecond)
	r.Why = WithoutAddresses(r.Why)
	r.valid()
	r.Hash = digest(r)
	return r
}

// valid makes every text what it will be once it was written as JSON and read
// again, so that a stored or exported record still has its hash.
func (r *Record) valid() {
	text := func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
	r.Delivery, r.By, r.Why = text(r.Delivery), text(r.By), text(r.Why)
	facts := make([]Fact, len(r.Facts))
	for i, f := range r.Facts {
		facts[i] = Fact{text(f.Name), text(f.Value)}
	}
	if r.Facts != nil {
		r.Facts = facts
	}
}

// digest is SHA-256 over the encoding's name, the previous hash and every
// field, each with its length before it, so that no text can pass for two.
func digest(r Record) string {
	h := sha256.New()
	number := func(n int64) {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(n))
		h.Write(b[:])
	}
	texts(h, number, encoding, r.Prev)
	number(r.Seq)
	number(r.At.UnixMicro())
	texts(h, number, string(r.Action), string(r.Ref), r.Delivery, r.By, r.Why)
	number(int64(len(r.Facts)))
	for _, f := range r.Facts {
		texts(h, number, f.Name, f.Value)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func texts(h hash.Hash, number func(int64), all ...string) {
	for _, text := range all {
		number(int64(len(text)))
		h.Write([]byte(text))
	}
}

// WithoutAddresses takes mail addresses out of what a person typed or a relay
// said: evidence is kept longer than the addresses may be.
func WithoutAddresses(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	words := strings.Split(text, " ")
	for i, word := range words {
		if strings.Contains(strings.Trim(word, "@"), "@") {
			words[i] = "[address]"
		}
	}
	return strings.Join(words, " ")
}

// Fault is what is wrong with a link.
type Fault string

// The faults.
const (
	// OutOfPlace means that the number is not the one after the record before:
	// a record was removed or put in.
	OutOfPlace Fault = "it is not the record that comes after the one before it: a record was removed or put in"
	// WrongPrev means that the record was made to follow another one.
	WrongPrev Fault = "it does not follow the record before it: that one was changed"
	// WrongHash means that the record was changed after it was made.
	WrongHash Fault = "it was changed after it was written"
)

// BrokenError names the first broken link of a chain.
type BrokenError struct {
	Seq   int64 // the number the record bears, or should bear where it is out of place
	Fault Fault
}

// Error names the record and what is wrong.
func (e *BrokenError) Error() string {
	return fmt.Sprintf("evidence record %d: %s", e.Seq, e.Fault)
}

// Verifier checks a chain record by record, so that a long one need not be
// held in memory. The zero Verifier starts at the first record.
type Verifier struct {
	last Record
}

// Next checks that a record follows the ones given before it; the error is a
// [BrokenError].
func (v *Verifier) Next(r Record) error {
	want := v.last.Seq + 1
	switch {
	case r.Seq != want:
		return &BrokenError{Seq: want, Fault: OutOfPlace}
	case r.Prev != v.last.Hash:
		return &BrokenError{Seq: r.Seq, Fault: WrongPrev}
	case r.Hash != digest(r):
		return &BrokenError{Seq: r.Seq, Fault: WrongHash}
	}
	v.last = Record{Seq: r.Seq, Hash: r.Hash}
	return nil
}

// Head is the number and the hash of the last record that was right. Written
// down elsewhere, it proves later that no record was cut off the end.
func (v *Verifier) Head() (seq int64, hash string) { return v.last.Seq, v.last.Hash }

// Verify checks a whole chain from its first record and names the first
// broken link in a [BrokenError].
func Verify(records []Record) error {
	var v Verifier
	for _, r := range records {
		if err := v.Next(r); err != nil {
			return err
		}
	}
	return nil
}
