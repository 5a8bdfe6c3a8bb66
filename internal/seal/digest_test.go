package seal

import (
	"errors"
	"testing"

	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// summary is a digest of two children.
func summary() letter.Contents {
	return letter.Contents{SenderName: "x", Subject: "Digest", Text: "PEP-7F3K-2Q\nPEP-0000-01\n", Digest: true}
}

func TestADigestStaysWithinTheSendersOwnDomain(t *testing.T) {
	e := envelope(toSchool())
	own := bySecure()
	e.To = pep.ParseAddress("officer@" + e.From.Domain())
	own.Canonical = e.To.Canonical()
	if _, err := Seal(own, summary(), e, Secrets{Rand: fixedRandomness()}); err != nil {
		t.Fatal(err)
	}
	school, protected := envelope(toSchool()), own
	protected.Verdict, protected.Method = route.Encrypt, route.MethodProtectedDocument
	withDocument := summary()
	withDocument.Attachments = contents(t, letter.Form, bySecure(), document()).Attachments
	for name, try := range map[string]struct {
		d route.Decision
		c letter.Contents
		e Envelope
	}{
		"to a school":     {bySecure(), summary(), school},
		"as a protected":  {protected, summary(), e},
		"with a document": {own, withDocument, e},
	} {
		var misfit *MismatchError
		if p, err := Seal(try.d, try.c, try.e, Secrets{Rand: fixedRandomness()}); !errors.As(err, &misfit) || p.Bytes != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
