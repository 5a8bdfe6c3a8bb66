package seal

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/templates"
)

// sentinel stands for everything in a document that nobody else may read.
const sentinel = "Zebedee Quillfeather, born 1 April 2016"

func fixedRandomness() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{7}) }

func document() []byte { return []byte("PK\x03\x04" + strings.Repeat(sentinel+" ", 40)) }

func toSchool() pep.Address  { return pep.ParseAddress("head@Brook.DemoCheshire.sch.uk") }
func toNursery() pep.Address { return pep.ParseAddress("brook.nursery@freemail.example") }

func bySecure() route.Decision {
	return route.Decision{Verdict: route.Secure, Method: route.MethodTLS, Canonical: toSchool().Canonical()}
}

func byProtected() route.Decision {
	return route.Decision{Verdict: route.Encrypt, Method: route.MethodProtectedDocument, Canonical: toNursery().Canonical()}
}

func recipient(d route.Decision) pep.Address {
	if d.Method == route.MethodTLS {
		return toSchool()
	}
	return toNursery()
}

func envelope(to pep.Address) Envelope {
	return Envelope{
		From: pep.ParseAddress("peps@democheshire.gov.uk"), To: to,
		MessageID: "<k3v9q2m7x4@democheshire.gov.uk>",
		Date:      time.Date(2026, 2, 24, 9, 0, 0, 0, time.FixedZone("", 0)),
	}
}

// shipped are the shipped templates, loaded once for all tests.
var shipped = sync.OnceValues(func() (letter.Templates, error) { return letter.Load(templates.FS) })

// contents are what the shipped templates say.
func contents(tb testing.TB, kind letter.Kind, d route.Decision, doc []byte) letter.Contents {
	tb.Helper()
	all, err := shipped()
	if err != nil {
		tb.Fatal(err)
	}
	c, err := all.Write(letter.Input{
		Ref: "PEP-7F3K-2Q", Kind: kind, Decision: d,
		On: pep.MustDate("2026-02-24"), ReturnBy: pep.MustDate("2026-03-17"),
		Officer:  letter.Officer{Name: "Ann Other", Telephone: "01632 960123"},
		Sender:   letter.Sender{Authority: "Démo Cheshire Council", VirtualSchool: "Demo Cheshire Virtual School"},
		Document: doc, Extension: letter.Word, Role: pep.DesignatedTeacher,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func sealed(tb testing.TB, kind letter.Kind, d route.Decision) Parcel {
	tb.Helper()
	p, err := Seal(d, contents(tb, kind, d, document()), envelope(recipient(d)), Secrets{Rand: fixedRandomness()})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}
