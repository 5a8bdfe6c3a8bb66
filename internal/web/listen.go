package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// NotLoopbackError says that an address is not on this machine alone.
type NotLoopbackError struct{ Address string }

// Error names the address and what to use instead.
func (e *NotLoopbackError) Error() string {
	return fmt.Sprintf("the page is shown on this machine alone: %q is no loopback address; use 127.0.0.1:0", e.Address)
}

// Listen opens a loopback address such as 127.0.0.1:8080; port 0 takes a free
// one. Any other address is a [NotLoopbackError].
func Listen(address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listening for the page at %q: %w", address, err)
	}
	if host == "localhost" {
		host = "127.0.0.1" // a name could be made to lead elsewhere
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return nil, &NotLoopbackError{Address: address}
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("listening for the page: %w", err)
	}
	return l, nil
}

// patience is how long requests that are being answered may take once the
// server is told to stop.
const patience = 3 * time.Second

// Serve shows the pages at a listener until ctx ends, then closes it.
func (s *Site) Serve(ctx context.Context, l net.Listener) error {
	return serveUntil(ctx, l, http.MaxBytesHandler(s.Handler(l.Addr()), 0))
}

func serveUntil(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		// What a client did wrong is nobody's business.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		grace, done := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer done()
		stopped <- server.Shutdown(grace)
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the page: %w", err)
	}
	if err := <-stopped; err != nil {
		return fmt.Errorf("stopping the page: %w", errors.Join(err, server.Close()))
	}
	return nil
}
