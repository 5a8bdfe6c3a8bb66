package config

// OpenPGP names the files of the council's own OpenPGP keys, as absolute
// paths; any may be empty.
type OpenPGP struct {
	// SigningKey is the private key that messages are signed with.
	SigningKey string
	// PassphraseFile holds the passphrase that opens it, in its first line.
	PassphraseFile string
	// EscrowKey is the public key that everything is encrypted to as well.
	EscrowKey string
}

// openPGP is the section as it is written.
type openPGP struct {
	SigningKey     string `yaml:"signing_key"`
	PassphraseFile string `yaml:"passphrase_file"`
	EscrowKey      string `yaml:"escrow_key"`
}

func (c *checker) openPGP(f openPGP) OpenPGP {
	if f.PassphraseFile != "" && f.SigningKey == "" {
		c.fault("openpgp.passphrase_file", "a passphrase without a signing_key", "name the private key that it opens")
	}
	return OpenPGP{SigningKey: c.pathOf(f.SigningKey), PassphraseFile: c.pathOf(f.PassphraseFile), EscrowKey: c.pathOf(f.EscrowKey)}
}

func openPGPText(line func(string, ...any)) {
	line("# Optional: our own OpenPGP keys, for recipients whose key is on file (pepost keys).")
	line("# Without a signing key such messages are not signed; without an escrow key the")
	line("# council's records cannot open what was sent. A signing key that has a part for")
	line("# encryption also opens what comes back encrypted. pepost check looks at them all.")
	line("# openpgp:")
	line("#   signing_key: signing-key.asc     # private, mode 0600; Ed25519 or RSA")
	line("#   passphrase_file: signing-passphrase  # mode 0600; only where the key has one")
	line("#   escrow_key: records-key.asc      # public: what is sent is encrypted to it too")
}
