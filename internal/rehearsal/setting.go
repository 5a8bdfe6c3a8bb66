package rehearsal

import (
	"errors"
	"fmt"
	"io"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/office"
	"github.com/pepost/pepost/internal/word"
)

// errNoForm says that a message carries no form to fill in.
var errNoForm = errors.New("the message has no form attached")

// Setting is a person at the other end with Word on their computer.
type Setting struct {
	// Forms knows the forms of the authority.
	Forms word.Forms
	// Random is what Word takes keys and salts from.
	Random io.Reader
}

// FillIn opens the form of a letter, with the passphrase where it is
// protected, answers it with the pen and gives the file to send back,
// protected by the same passphrase where it came so.
func (s Setting) FillIn(l Letter, passphrase string, pen Pen) (File, error) {
	file, found := l.Form()
	if !found {
		return File{}, errNoForm
	}
	protected := office.IsEncrypted(file.Data)
	if protected {
		opened, err := office.Decrypt(file.Data, passphrase)
		if err != nil {
			return File{}, fmt.Errorf("opening the protected form: %w", err)
		}
		file.Data = opened
	}
	filled, err := s.write(file.Data, pen)
	if err != nil {
		return File{}, err
	}
	if protected {
		if filled, err = office.Encrypt(filled, passphrase, s.Random); err != nil {
			return File{}, fmt.Errorf("saving the protected form: %w", err)
		}
	}
	file.Data = filled
	return file, nil
}

func (s Setting) write(doc []byte, pen Pen) ([]byte, error) {
	reading, err := word.Read(doc, s.Forms)
	if err != nil {
		return nil, fmt.Errorf("reading the form: %w", err)
	}
	f, known := s.Forms.ByID(reading.Form)
	if !known {
		return nil, fmt.Errorf("reading the form: nothing is known of form %q", reading.Form)
	}
	filled, err := word.Fill(doc, added(f, reading.Values, Filled(f, reading.Values, pen)))
	if err != nil {
		return nil, fmt.Errorf("filling in the form: %w", err)
	}
	return filled, nil
}

// added leaves only what the pen wrote: whole tables, since rows count.
func added(f form.Form, was, now form.Values) form.Values {
	out := form.Values{Fields: map[string]string{}, Tables: map[string][]form.Row{}}
	for _, change := range form.Diff(f, was, now) {
		key, row, _ := form.SplitKey(change.Field)
		if row > 0 {
			out.Tables[key] = now.Tables[key]
			continue
		}
		out.Fields[key] = now.Fields[key]
	}
	return out
}
