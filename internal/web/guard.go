package web

import (
	"net"
	"net/http"
	"slices"
)

// guarded lets only requests through that ask for one of the hosts, with GET
// or HEAD, and puts the headers on every answer. The check of the host keeps
// pages of other origins from reading these by a name of theirs that leads to
// this machine (DNS rebinding).
func guarded(next http.Handler, hosts []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		switch {
		case !slices.Contains(hosts, r.Host):
			http.Error(w, "this page is not served under that name", http.StatusMisdirectedRequest)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "this page can only be read", http.StatusMethodNotAllowed)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func protect(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// hostsOf are the names under which a listener may be asked for.
func hostsOf(at net.Addr) []string {
	hosts := []string{at.String()}
	host, port, err := net.SplitHostPort(at.String())
	if err != nil {
		return hosts
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		hosts = append(hosts, net.JoinHostPort("localhost", port))
	}
	if port == "80" { // browsers leave it out
		for _, h := range hosts {
			hosts = append(hosts, h[:len(h)-len(":80")])
		}
	}
	return hosts
}
