package mailsink

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// authority signs the certificates of one server. It lives in memory only.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

// validity is a span of years. Spans are fixed, so that a certificate does
// not depend on a clock that a test or a rehearsal may have moved.
type validity struct{ from, to int }

func (v validity) apply(c *x509.Certificate) {
	c.NotBefore = time.Date(v.from, 1, 1, 0, 0, 0, 0, time.UTC)
	c.NotAfter = time.Date(v.to, 1, 1, 0, 0, 0, 0, time.UTC)
}

func longValid() validity { return validity{2000, 2100} }
func lapsed() validity    { return validity{2000, 2001} }

// newAuthority makes an ECDSA P-256 certificate authority.
func newAuthority(name string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the test authority's key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: name},
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	longValid().apply(template)
	cert, err := sign(template, template, key, key)
	if err != nil {
		return nil, err
	}
	return &authority{key: key, cert: cert}, nil
}

// sign issues template for key under parent and reads the result back.
func sign(template, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, fmt.Errorf("signing a test certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading a test certificate back: %w", err)
	}
	return cert, nil
}

// pem gives the authority's certificate as a PEM block.
func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// leaf issues a server certificate for host and, for the loopback host, its
// addresses too. A nil authority gives a certificate signed by itself.
func leaf(a *authority, host string, span validity) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("making a test server key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{CommonName: host},
		DNSNames:     []string{host},
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if host == loopbackHost {
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	}
	span.apply(template)
	parent, signer := template, key
	if a != nil {
		parent, signer = a.cert, a.key
	}
	cert, err := sign(template, parent, key, signer)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}, nil
}

// clientPEM issues a certificate for a client.
func clientPEM(a *authority) (certificate, key []byte, err error) {
	issued, err := leaf(a, "client.example", longValid())
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(issued.PrivateKey)
	if err != nil {
		return nil, nil, fmt.Errorf("writing a test client's key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: issued.Certificate[0]}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// pool holds the authority alone.
func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// certificates issues one certificate of each kind for host.
func certificates(a *authority, host string) (map[Certificate]tls.Certificate, error) {
	stranger, err := newAuthority("another authority")
	if err != nil {
		return nil, err
	}
	wanted := []struct {
		kind   Certificate
		issuer *authority
		host   string
		span   validity
	}{
		{GoodCertificate, a, host, longValid()},
		{WrongName, a, "elsewhere.example", longValid()},
		{Expired, a, host, lapsed()},
		{SelfSigned, nil, host, longValid()},
		{UnknownAuthority, stranger, host, longValid()},
	}
	issued := make(map[Certificate]tls.Certificate, len(wanted))
	for _, w := range wanted {
		if issued[w.kind], err = leaf(w.issuer, w.host, w.span); err != nil {
			return nil, err
		}
	}
	return issued, nil
}
