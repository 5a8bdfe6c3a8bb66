package receive_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/receive"
)

const armor = "-----BEGIN PGP MESSAGE-----\r\n\r\n"

// locked is a stand-in for what was encrypted to us: it shows what is in it to
// whoever knows the trick.
func locked(inside []byte) []byte {
	return []byte(armor + base64.StdEncoding.EncodeToString(inside) + "\r\n-----END PGP MESSAGE-----\r\n")
}

// opening knows the trick, and says a signature of a message and whose it was
// asked about.
func opening(k receive.Known, signature keyring.SignatureState, asked *[]string) receive.Known {
	k.Decrypt = func(message []byte, from pep.Address) (keyring.Opened, error) {
		if asked != nil {
			*asked = append(*asked, from.Canonical())
		}
		text, ours := strings.CutPrefix(string(message), armor)
		text, _, _ = strings.Cut(text, "\r\n")
		data, err := base64.StdEncoding.DecodeString(text)
		if !ours || err != nil {
			return keyring.Opened{}, keyring.ErrNotOpened
		}
		return keyring.Opened{Data: data, Signature: signature}, nil
	}
	return k
}

// pgpMIME is a message that is encrypted whole (RFC 3156).
func pgpMIME(head []string, inside []byte) []byte {
	out := mailOf(head, "", attachment{kind: "application/pgp-encrypted", data: []byte("Version: 1\r\n")}, attachment{name: "encrypted.asc", data: locked(inside)})
	return bytes.Replace(out, []byte("multipart/mixed"), []byte("multipart/encrypted; protocol=\"application/pgp-encrypted\""), 1)
}

func TestI16AReplyEncryptedToUsIsJudgedByWhatIsInIt(t *testing.T) {
	one := refOf(t, 1)
	form := filled(t, one, "after")
	outer := []string{"Subject: ...", "In-Reply-To: " + sentID}
	inner := mailOf([]string{"Subject: RE: " + string(one)}, "Here it is", attachment{name: "form.docx", data: form})
	for name, message := range map[string][]byte{
		"the whole message":       pgpMIME(outer, inner),
		"the file":                mailOf(outer, "", attachment{name: "form.docx.pgp", data: locked(form)}),
		"the file, in armor":      mailOf(outer, "", attachment{name: "form.docx.asc", data: locked(form)}),
		"and protected as well":   mailOf(outer, "", attachment{name: "form.docx.gpg", data: locked(protected(t, form, phrase))}),
		"the text and the file":   mailOf(outer, string(locked([]byte("hello"))), attachment{name: "form.docx.gpg", data: locked(form)}),
		"twice, one in the other": mailOf(outer, "", attachment{name: "form.docx.gpg", data: locked(locked(form))}),
	} {
		var asked []string
		got := receive.Judge(message, opening(known(t), keyring.SignedBySender, &asked))
		if got.Verdict != receive.Filled || got.Ref != one || got.Delivery != "d1" || got.File == nil || len(got.File.Changed) != 1 || got.Signature != keyring.SignedBySender {
			t.Errorf("%s: %s %v, %s, signature %q", name, got.Verdict, got.Reasons, got.Ref, got.Signature)
		}
		if len(asked) == 0 || asked[0] != teacher {
			t.Errorf("%s: asked about %q", name, asked)
		}
	}
}

func TestI16ThatItWasEncryptedToUsProvesNothing(t *testing.T) {
	one, two := refOf(t, 1), refOf(t, 2)
	stranger := []string{"From: stranger@elsewhere.example", "Subject: ..."}
	for name, c := range map[string]struct {
		message   []byte
		signature keyring.SignatureState
		want      receive.ReasonCode
	}{
		"from elsewhere":          {pgpMIME(stranger, mailOf([]string{"Subject: x"}, "", attachment{name: "f.docx", data: filled(t, one, "x")})), keyring.Unsigned, receive.OtherSender},
		"an inner sender":         {pgpMIME(stranger, mailOf([]string{"From: " + teacher}, "", attachment{name: "f.docx", data: filled(t, one, "x")})), keyring.SignedBySender, receive.OtherSender},
		"another child within":    {pgpMIME([]string{"In-Reply-To: " + sentID}, mailOf(nil, "", attachment{name: "f.docx", data: filled(t, two, "x")})), keyring.Unsigned, receive.References},
		"another in the subject":  {pgpMIME([]string{"In-Reply-To: " + sentID}, mailOf([]string{"Subject: " + string(two)}, "", attachment{name: "f.docx", data: filled(t, one, "x")})), keyring.Unsigned, receive.References},
		"a macro within":          {pgpMIME(nil, mailOf(nil, "", attachment{name: "f.docm", data: []byte("PK\x03\x04 no form")})), keyring.Unsigned, receive.RefusedFile},
		"a signature that is off": {pgpMIME(nil, mailOf(nil, "", attachment{name: "f.docx", data: filled(t, one, "x")})), keyring.SignedWrongly, receive.WrongSignature},
		"deeper than the bound":   {pgpMIME(nil, nested(100)), keyring.Unsigned, receive.Unopened},
		"six times over":          {mailOf(nil, "", attachment{name: "f.gpg", data: locked(locked(locked(locked(locked(locked(filled(t, one, "x")))))))}), keyring.Unsigned, receive.Unopened},
	} {
		got := receive.Judge(c.message, opening(known(t), c.signature, nil))
		if got.Verdict != receive.ForPerson || !slices.Contains(codes(got), c.want) {
			t.Errorf("%s: %s %v", name, got.Verdict, got.Reasons)
		}
	}
}

func TestI12WhatCannotBeOpenedIsForAPersonWithTheReason(t *testing.T) {
	answered := []string{"In-Reply-To: " + sentID}
	broken := known(t)
	broken.Decrypt = func([]byte, pep.Address) (keyring.Opened, error) { return keyring.Opened{}, errors.New("no") }
	other := known(t)
	other.Decrypt = func([]byte, pep.Address) (keyring.Opened, error) { return keyring.Opened{}, keyring.ErrOtherKey }
	smime := attachment{name: "smime.p7m", kind: "application/pkcs7-mime", data: []byte("0\x80")}
	for name, c := range map[string]struct {
		known   receive.Known
		message []byte
		want    string
	}{
		"no key of ours":      {known(t), pgpMIME(answered, []byte("x")), "no key of ours"},
		"another key":         {other, pgpMIME(answered, []byte("x")), "not for our key"},
		"damaged":             {broken, mailOf(answered, "", attachment{name: "f.docx.gpg", data: []byte("x")}), "damaged"},
		"no message in it":    {opening(known(t), keyring.Unsigned, nil), pgpMIME(answered, []byte("Content-Type: multipart/mixed\r\n\r\nx")), "taken apart"},
		"an empty envelope":   {broken, mailOf(answered, "", attachment{kind: "application/pgp-encrypted", data: []byte("Version: 1")}), "is missing"},
		"S/MIME":              {broken, mailOf(answered, "", smime), "S/MIME"},
		"S/MIME by its name":  {broken, mailOf(answered, "", attachment{name: "SMIME.P7M", data: []byte("x")}), "S/MIME"},
		"winmail.dat":         {broken, mailOf(answered, "", attachment{name: "winmail.dat", kind: "application/ms-tnef", data: []byte("x")}), "winmail.dat"},
		"an automatic S/MIME": {broken, mailOf(append([]string{"Auto-Submitted: auto-replied"}, answered...), "", smime), "S/MIME"},
	} {
		got := receive.Judge(c.message, c.known)
		var said []string
		for _, reason := range got.Reasons {
			said = append(said, reason.Text)
		}
		if got.Verdict != receive.ForPerson || !slices.Contains(codes(got), receive.Unopened) || !strings.Contains(strings.Join(said, "; "), c.want) || got.Ref != refOf(t, 1) {
			t.Errorf("%s: %s of %s, %q", name, got.Verdict, got.Ref, said)
		}
	}
}
