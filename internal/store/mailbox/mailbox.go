// Package mailbox keeps the mail that came back, as it came.
//
// It takes a message before anything follows from it and stores it, sealed,
// once for each digest; it stores what became of it with the evidence in the
// same transaction, and gives the messages back by state. It reads no message
// and judges none.
package mailbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/receive"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
)

var _ pipeline.Mails = (*Mailbox)(nil)

// Mailbox is the returned mail in one database.
type Mailbox struct{ db *store.DB }

// New gives the returned mail of a database.
func New(db *store.DB) *Mailbox { return &Mailbox{db} }

// row is one message as stored.
type row struct {
	bun.BaseModel `bun:"table:mail"`

	ID         string `bun:"id,pk"`
	DigestHash []byte `bun:"digest_hash"`
	ReceivedAt int64  `bun:"received_at"`
	State      string `bun:"state"`
	Sealed     []byte `bun:"sealed"`
	Raw        []byte `bun:"raw"`
}

// sealedMail is the sealed cell. Its names are stored: they outlive the names
// in code.
type sealedMail struct {
	SHA256     string               `json:"sha256"`
	Box        string               `json:"box,omitempty"`
	At         time.Time            `json:"at"`
	State      pipeline.MailState   `json:"state"`
	Verdict    receive.Verdict      `json:"verdict,omitempty"`
	Codes      []receive.ReasonCode `json:"codes,omitempty"`
	Reasons    []string             `json:"reasons,omitempty"`
	Ref        pep.Ref              `json:"ref,omitempty"`
	Delivery   string               `json:"delivery,omitempty"`
	SettledAt  time.Time            `json:"settled_at"`
	SettledBy  string               `json:"settled_by,omitempty"`
	SettledWhy string               `json:"settled_why,omitempty"`
	// Signature came later than the others.
	Signature keyring.SignatureState `json:"signature,omitempty"`
	Destroyed time.Time              `json:"destroyed,omitzero"`
}

func cell(id, column string) store.Cell { return store.Cell{Table: "mail", Row: id, Column: column} }

// KeepMail stores a message as it came, once, and gives what is stored.
func (x *Mailbox) KeepMail(ctx context.Context, m pipeline.Mail, raw []byte) (pipeline.Mail, error) {
	stored, err := x.write(m)
	if err != nil {
		return m, err
	}
	if stored.Raw, err = x.db.Keys.Seal(cell(m.ID, "raw"), raw); err != nil {
		return m, err
	}
	err = x.db.InTx(ctx, func(tx store.Tx) error {
		if _, err := tx.SQL.NewInsert().Model(&stored).On("CONFLICT (digest_hash) DO NOTHING").Exec(ctx); err != nil {
			return err
		}
		var is row
		if err := tx.SQL.NewSelect().Model(&is).ExcludeColumn("raw").Where("digest_hash = ?", stored.DigestHash).Scan(ctx); err != nil {
			return err
		}
		m, err = x.read(is)
		return err
	})
	if err != nil {
		return m, fmt.Errorf("storing a message: %w", err)
	}
	return m, nil
}

// MarkMail stores what became of a message: a kept one is judged, an open one
// is done with.
func (x *Mailbox) MarkMail(ctx context.Context, m pipeline.Mail) error {
	err := x.db.InTx(ctx, func(tx store.Tx) error {
		stored, err := find(ctx, tx.ForUpdate(tx.SQL.NewSelect()), m.ID)
		if err != nil {
			return err
		}
		was, err := x.read(stored)
		if err != nil {
			return err
		}
		if judged := was.State == pipeline.MailKept && m.State != pipeline.MailKept; !judged && (was.State != pipeline.MailOpen || m.State != pipeline.MailDone) {
			return pipeline.ErrMailDone
		}
		is, err := x.write(m)
		if err != nil {
			return err
		}
		if _, err := tx.SQL.NewUpdate().Model(&is).Column("state", "sealed").WherePK().Exec(ctx); err != nil {
			return err
		}
		return evidence.AppendIn(ctx, tx, x.db.Keys, proof(was, m))
	})
	if err != nil {
		return fmt.Errorf("storing what became of message %s: %w", m.ID, err)
	}
	return nil
}

// proof is what evidence says of a message: nothing that its sender wrote.
func proof(was, is pipeline.Mail) audit.Record {
	r := audit.Record{At: is.At, Action: audit.MailJudged, Ref: is.Ref, Delivery: is.Delivery}
	if was.State == pipeline.MailOpen {
		r.At, r.Action, r.By, r.Why = is.Settled.At, audit.MailSettled, is.Settled.By, is.Settled.Why
	}
	codes := make([]string, len(is.Codes))
	for i, code := range is.Codes {
		codes[i] = string(code)
	}
	r.Facts = []audit.Fact{
		{Name: "message", Value: is.ID},
		{Name: "sha256", Value: is.SHA256},
		{Name: "state", Value: string(is.State)},
		{Name: "verdict", Value: string(is.Verdict)},
		{Name: "reasons", Value: strings.Join(codes, " ")},
	}
	if is.Signature != "" {
		r.Facts = append(r.Facts, audit.Fact{Name: "openpgp", Value: "opened; " + string(is.Signature)})
	}
	return r
}

// ListMail gives the messages in some states, the first to come first.
func (x *Mailbox) ListMail(ctx context.Context, states ...pipeline.MailState) ([]pipeline.Mail, error) {
	var rows []row
	q := x.db.Read().NewSelect().Model(&rows).ExcludeColumn("raw").Order("received_at", "id")
	if len(states) > 0 {
		q = q.Where("state IN (?)", bun.List(states))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the returned mail: %w", err)
	}
	return x.readAll(rows)
}

func (x *Mailbox) readAll(rows []row) ([]pipeline.Mail, error) {
	all := make([]pipeline.Mail, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = x.read(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// GetMail gives one message as it came, or a [pipeline.NotFoundError]; no bytes
// where it was destroyed.
func (x *Mailbox) GetMail(ctx context.Context, id string) (pipeline.Mail, []byte, error) {
	stored, err := find(ctx, x.db.Read().NewSelect(), id)
	if err != nil {
		return pipeline.Mail{}, nil, err
	}
	m, err := x.read(stored)
	if err != nil {
		return pipeline.Mail{}, nil, err
	}
	if len(stored.Raw) == 0 {
		return m, nil, nil
	}
	raw, err := x.db.Keys.Open(cell(id, "raw"), stored.Raw)
	return m, raw, err
}

func find(ctx context.Context, q *bun.SelectQuery, id string) (row, error) {
	var stored row
	err := q.Model(&stored).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return stored, &pipeline.NotFoundError{What: pipeline.NoMail, Name: id}
	}
	if err != nil {
		return stored, fmt.Errorf("reading message %s: %w", id, err)
	}
	return stored, nil
}

// write gives the row of a message without the message itself.
func (x *Mailbox) write(m pipeline.Mail) (row, error) {
	hash, err := x.db.Keys.Lookup(store.DocumentDigest, "mail "+m.SHA256)
	if err != nil {
		return row{}, err
	}
	sealed, err := x.db.Keys.SealJSON(cell(m.ID, "sealed"), sealedMail{
		m.SHA256, m.Box, m.At, m.State, m.Verdict, m.Codes, m.Reasons, m.Ref, m.Delivery, m.Settled.At, m.Settled.By, m.Settled.Why,
		m.Signature, m.Destroyed,
	})
	return row{ID: m.ID, DigestHash: hash, ReceivedAt: m.At.UnixMicro(), State: string(m.State), Sealed: sealed}, err
}

func (x *Mailbox) read(r row) (pipeline.Mail, error) {
	var s sealedMail
	if err := x.db.Keys.OpenJSON(cell(r.ID, "sealed"), r.Sealed, &s); err != nil {
		return pipeline.Mail{}, err
	}
	if string(s.State) != r.State {
		return pipeline.Mail{}, fmt.Errorf("the row of message %s was changed by something else than this program: put a backup back", r.ID)
	}
	return pipeline.Mail{
		ID: r.ID, SHA256: s.SHA256, Box: s.Box, At: s.At, State: s.State, Verdict: s.Verdict, Codes: s.Codes, Reasons: s.Reasons,
		Ref: s.Ref, Delivery: s.Delivery, Signature: s.Signature, Destroyed: s.Destroyed, Settled: pipeline.Settling{At: s.SettledAt, By: s.SettledBy, Why: s.SettledWhy},
	}, nil
}
