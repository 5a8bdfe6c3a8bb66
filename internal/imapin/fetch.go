package imapin

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/pepost/pepost/internal/receive"
)

// The bounds of what is fetched, in bytes.
const (
	// MaxMessage is the size of the largest message that is fetched whole.
	MaxMessage = 35 << 20
	// maxHeader is how much of a larger one is fetched.
	maxHeader = 64 << 10
	// maxBatch is after how much no further message is fetched at once.
	maxBatch = 64 << 20
)

// Waiting gives at most limit messages of the folder, the oldest first, and
// fewer where they are large.
func (b *Box) Waiting(_ context.Context, limit int) ([]receive.Fetched, error) {
	found, err := b.client.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagDeleted}}, nil).Wait()
	if err != nil {
		return nil, &FaultError{Searching, told(err)}
	}
	uids := found.AllUIDs()
	slices.Sort(uids)
	var all []receive.Fetched
	size := 0
	for _, uid := range uids[:min(len(uids), limit)] {
		message, err := b.fetch(uid)
		if err != nil {
			return nil, err
		}
		if message.Data == nil {
			continue // somebody took it away meanwhile
		}
		message.ID = fmt.Sprintf("%d:%d", b.validity, uid)
		all = append(all, message)
		if size += len(message.Data); size > maxBatch {
			break
		}
	}
	return all, nil
}

// fetch gives one message without marking it as read: nothing where it is
// gone, its header alone where it is too large.
func (b *Box) fetch(uid imap.UID) (receive.Fetched, error) {
	most := b.account.MaxSize
	if most <= 0 || most > MaxMessage {
		most = MaxMessage
	}
	sized, err := b.client.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
	if err != nil {
		return receive.Fetched{}, &FaultError{Fetching, told(err)}
	}
	if len(sized) == 0 {
		return receive.Fetched{}, nil
	}
	if sized[0].RFC822Size <= most {
		// One byte more shows a message that is larger than the server said.
		data, err := b.section(uid, &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: most + 1}})
		if err != nil || int64(len(data)) <= most {
			return receive.Fetched{Data: data}, err
		}
	}
	data, err := b.section(uid, &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true, Partial: &imap.SectionPartial{Size: maxHeader}})
	return receive.Fetched{Data: data, HeaderOnly: true}, err
}

// section fetches a part of one message, and never more of it than was asked
// for.
func (b *Box) section(uid imap.UID, asked *imap.FetchItemBodySection) ([]byte, error) {
	command := b.client.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{asked}})
	data, err := read(command, asked.Partial.Size)
	if ended := command.Close(); err == nil {
		err = ended
	}
	if err != nil {
		return nil, &FaultError{Fetching, told(err)}
	}
	return data, nil
}

func read(command *imapclient.FetchCommand, most int64) ([]byte, error) {
	var data []byte
	for message := command.Next(); message != nil; message = command.Next() {
		for item := message.Next(); item != nil; item = message.Next() {
			body, ok := item.(imapclient.FetchItemDataBodySection)
			if !ok || body.Literal == nil {
				continue
			}
			if data != nil || body.Literal.Size() > most {
				return nil, ErrMisread
			}
			var err error
			if data, err = io.ReadAll(body.Literal); err != nil {
				return nil, err
			}
		}
	}
	return data, nil
}

// File moves a message into the folder that its verdict calls for. One that
// was fetched before the mailbox was made anew is left: it is given again.
func (b *Box) File(_ context.Context, id string, verdict receive.Verdict) error {
	validity, number, _ := strings.Cut(id, ":")
	uid, err := strconv.ParseUint(number, 10, 32)
	if err != nil || validity != strconv.FormatUint(uint64(b.validity), 10) {
		return nil
	}
	folder := b.account.Taken
	if verdict == receive.ForPerson || verdict == receive.Bounced {
		folder = b.account.ForPerson
	}
	if _, err := b.client.Move(imap.UIDSetNum(imap.UID(uid)), folder).Wait(); err != nil {
		return &FaultError{Moving, told(err)}
	}
	return nil
}
