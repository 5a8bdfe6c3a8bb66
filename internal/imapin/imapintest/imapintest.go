// Package imapintest is a mailbox on the loopback for tests: an IMAP server in
// memory behind TLS, with a certificate authority of its own. It takes messages
// and gives what lies in each folder. It keeps nothing once it is closed, and
// nothing but tests uses it.
package imapintest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// Who may sign in.
const (
	Username = "peps"
	Password = "not for real use"
)

// Server is one mailbox. Its certificate is for 127.0.0.1 and localhost.
type Server struct {
	// Addr is host:port, Implicit whether TLS begins at once.
	Addr     string
	Implicit bool
	Roots    *x509.CertPool
	CAPEM    []byte

	user   *imapmemserver.User
	server *imapserver.Server
}

// Start begins to serve an empty INBOX, with TLS at once or after STARTTLS.
func Start(implicit bool) (*Server, error) {
	certificate, root, err := Certificate()
	if err != nil {
		return nil, err
	}
	s := &Server{
		Implicit: implicit, Roots: x509.NewCertPool(), user: imapmemserver.NewUser(Username, Password),
		CAPEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw}),
	}
	s.Roots.AddCert(root)
	if err := s.user.Create("INBOX", nil); err != nil {
		return nil, err
	}
	memory := imapmemserver.New()
	memory.AddUser(s.user)
	settings := &tls.Config{Certificates: []tls.Certificate{certificate}}
	s.server = imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapMove: {}}, TLSConfig: settings, Logger: log.New(io.Discard, "", 0),
	})
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.Addr = listener.Addr().String()
	if implicit {
		listener = tls.NewListener(listener, settings)
	}
	go func() { _ = s.server.Serve(listener) }()
	return s, nil
}

// Close ends it.
func (s *Server) Close() error { return s.server.Close() }

// Put delivers a message to a folder.
func (s *Server) Put(folder string, message []byte) error {
	_, err := s.user.Append(folder, literal{strings.NewReader(string(message)), int64(len(message))}, &imap.AppendOptions{})
	return err
}

// Make makes a folder.
func (s *Server) Make(folder string) error { return s.user.Create(folder, nil) }

// In gives the messages of a folder, none where there is no such folder.
func (s *Server) In(folder string) ([][]byte, error) {
	dial := imapclient.DialStartTLS
	if s.Implicit {
		dial = imapclient.DialTLS
	}
	c, err := dial(s.Addr, &imapclient.Options{TLSConfig: &tls.Config{RootCAs: s.Roots, ServerName: "localhost"}})
	if err != nil {
		return nil, fmt.Errorf("asking the test's mailbox: %w", err)
	}
	defer c.Close()
	if err := c.Login(Username, Password).Wait(); err != nil {
		return nil, fmt.Errorf("asking the test's mailbox: %w", err)
	}
	selected, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil || selected.NumMessages == 0 {
		return nil, nil
	}
	whole := &imap.FetchItemBodySection{Peek: true}
	got, err := c.Fetch(imap.SeqSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{Flags: true, BodySection: []*imap.FetchItemBodySection{whole}}).Collect()
	if err != nil {
		return nil, fmt.Errorf("asking the test's mailbox: %w", err)
	}
	var all [][]byte
	for _, m := range got {
		all = append(all, m.FindBodySection(whole))
	}
	return all, nil
}

type literal struct {
	io.Reader
	size int64
}

// Size is that of the message.
func (l literal) Size() int64 { return l.size }

// Certificate makes one for localhost, and the authority that vouches for it:
// itself.
func Certificate() (tls.Certificate, *x509.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	made := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: year(2000), NotAfter: year(2100), KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, made, made, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	root, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, root, err
}
