package office

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const phrase = "correct horse battery staple"

// content gives n bytes that do not repeat.
func content(n int) []byte {
	source := mrand.NewChaCha8([32]byte{byte(n)})
	out := make([]byte, n)
	source.Read(out)
	return out
}

// quick is a strength that costs next to nothing to open.
func quick(t testing.TB, hash string, bits int) strength {
	t.Helper()
	d, err := digestNamed(hash)
	if err != nil {
		t.Fatal(err)
	}
	return strength{digest: d, keyBits: bits, spins: 3}
}

func seal(t testing.TB, pkg []byte) []byte {
	t.Helper()
	file, err := encryptWith(pkg, phrase, rand.Reader, quick(t, "SHA512", 256))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestEncryptedFileOpensAgain(t *testing.T) {
	for _, size := range []int{0, 1, 15, 16, 17, 4079, 4080, 4087, 4088, 4095, 4096, 4097, 8192, 65_535, 6_800_000, 7_100_000, 20_000_000, 31_000_000} {
		pkg := content(size)
		got, err := Decrypt(seal(t, pkg), phrase)
		if err != nil {
			t.Errorf("%d bytes: %v", size, err)
			continue
		}
		if !bytes.Equal(got, pkg) {
			t.Errorf("%d bytes came back as %d others", size, len(got))
		}
	}
}

func TestEveryAlgorithmThatOfficeUses(t *testing.T) {
	pkg := content(5000)
	for _, hash := range []string{"SHA1", "SHA256", "SHA384", "SHA512"} {
		for _, bits := range []int{128, 192, 256} {
			file, err := encryptWith(pkg, phrase, rand.Reader, quick(t, hash, bits))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := Decrypt(file, phrase); err != nil || !bytes.Equal(got, pkg) {
				t.Errorf("%s with %d bits: %v", hash, bits, err)
			}
		}
	}
}

func TestAnyPackageAndPassphrase(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		pkg := rapid.SliceOfN(rapid.Byte(), 0, 10_000).Draw(r, "package")
		passphrase := rapid.StringN(1, 80, 700).Draw(r, "passphrase")
		file, err := encryptWith(pkg, passphrase, rand.Reader, quick(t, "SHA512", 256))
		if err != nil {
			r.Fatal(err)
		}
		got, err := Decrypt(file, passphrase)
		if err != nil || !bytes.Equal(got, pkg) {
			r.Fatalf("%d bytes: %v", len(pkg), err)
		}
		if _, err := Decrypt(file, passphrase+"x"); !errors.Is(err, ErrWrongPassphrase) {
			r.Fatalf("another passphrase: %v", err)
		}
	})
}

func TestStrengthThatEncryptPromises(t *testing.T) {
	file, err := Encrypt(content(40_000), phrase, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	info, _, err := openFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`keyBits="256"`, `hashAlgorithm="SHA512"`, `cipherChaining="ChainingModeCBC"`, `spinCount="100000"`, `<dataIntegrity encryptedHmacKey=`,
	} {
		if !bytes.Contains(info, []byte(want)) {
			t.Errorf("encryption information lacks %s", want)
		}
	}
	if got, err := Decrypt(file, phrase); err != nil || !bytes.Equal(got, content(40_000)) {
		t.Errorf("opening it: %v", err)
	}
	for _, wrong := range []string{"", phrase + " ", strings.ToUpper(phrase), strings.Repeat("x", 1<<20)} {
		if got, err := Decrypt(file, wrong); !errors.Is(err, ErrWrongPassphrase) || got != nil {
			t.Errorf("passphrase of %d bytes: %d bytes, %v; want it refused", len(wrong), len(got), err)
		}
	}
}

func TestTwoFilesShareNothing(t *testing.T) {
	pkg := content(9000)
	_, first, err := openFile(seal(t, pkg))
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := openFile(seal(t, pkg))
	if err != nil {
		t.Fatal(err)
	}
	for i := 8; i+16 <= len(first); i += 16 {
		if bytes.Equal(first[i:i+16], second[i:i+16]) {
			t.Fatalf("block at %d is the same in two files of the same package", i)
		}
	}
}

func TestPassphrasesThatWordCouldNotBeGiven(t *testing.T) {
	for _, bad := range []string{"", "\xff", strings.Repeat("x", 256), strings.Repeat("😀", 128)} {
		if _, err := Encrypt(nil, bad, rand.Reader); err == nil {
			t.Errorf("passphrase of %d bytes accepted", len(bad))
		}
	}
	for _, good := range []string{strings.Repeat("x", 255), strings.Repeat("😀", 127), "Größe ﬁ 日本"} {
		if _, err := encryptWith(nil, good, rand.Reader, quick(t, "SHA512", 256)); err != nil {
			t.Errorf("passphrase of %d bytes: %v", len(good), err)
		}
	}
}

func TestNoRandomnessNoFile(t *testing.T) {
	for _, available := range []int{0, 16, 100} {
		if file, err := Encrypt(content(10), phrase, bytes.NewReader(make([]byte, available))); err == nil || file != nil {
			t.Errorf("with %d random bytes: %d bytes, %v; want an error", available, len(file), err)
		}
	}
}

func TestPackageOverTheLimitIsRefused(t *testing.T) {
	if _, err := Encrypt(make([]byte, MaxPackageBytes+1), phrase, rand.Reader); err == nil {
		t.Error("a package over the limit was encrypted")
	}
}

// TestNoFlippedBitGivesAnotherPackage flips one bit at a time: nothing but the
// true package ever comes out, whatever the error.
func TestNoFlippedBitGivesAnotherPackage(t *testing.T) {
	pkg := content(6000)
	file := seal(t, pkg)
	refused := 0
	for offset := range len(file) {
		changed := bytes.Clone(file)
		changed[offset] ^= 1 << (offset % 8)
		got, err := decryptWithin(changed, phrase, 1000)
		if err != nil {
			refused++
			continue
		}
		if !bytes.Equal(got, pkg) {
			t.Fatalf("bit flipped at %d: another package came out", offset)
		}
	}
	if refused < len(pkg) {
		t.Errorf("%d flipped bits refused, want at least the %d in the package", refused, len(pkg))
	}
}

func TestFlippedBitInThePackageIsTampering(t *testing.T) {
	file := seal(t, content(6000))
	_, encrypted, err := openFile(file)
	if err != nil {
		t.Fatal(err)
	}
	start := bytes.Index(file, encrypted[:512])
	for _, offset := range []int{0, 7, 8, 500, 5000} {
		changed := bytes.Clone(file)
		changed[start+offset] ^= 1
		if got, err := Decrypt(changed, phrase); !errors.Is(err, ErrTampered) || got != nil {
			t.Errorf("bit flipped at %d of the package: %v, want ErrTampered", offset, err)
		}
	}
}

func TestTruncatedFileIsRefused(t *testing.T) {
	file := seal(t, content(6000))
	for size := range len(file) {
		got, err := Decrypt(file[:size], phrase)
		if err == nil && !bytes.Equal(got, content(6000)) {
			t.Fatalf("cut to %d of %d bytes: another package came out", size, len(file))
		}
		if err == nil && size < len(file)-sectorBytes {
			t.Fatalf("cut to %d of %d bytes: accepted", size, len(file))
		}
	}
}

func TestWhatIsNotEncrypted(t *testing.T) {
	legacy := writeContainer([]node{{name: "WordDocument", data: content(5000)}})
	half := writeContainer([]node{{name: infoStream, data: content(500)}})
	for name, file := range map[string][]byte{
		"nothing": nil, "a zip": []byte("PK\x03\x04rest"), "text": []byte("hello"), "an old .doc": legacy, "half of it": half,
	} {
		if _, err := Decrypt(file, phrase); !errors.Is(err, ErrNotEncrypted) {
			t.Errorf("%s: %v, want ErrNotEncrypted", name, err)
		}
		if IsEncrypted(file) {
			t.Errorf("%s is taken for an encrypted file", name)
		}
	}
	if !IsEncrypted(seal(t, nil)) {
		t.Error("an encrypted file is not recognised")
	}
}

// rewrite gives a file whose encryption information was edited.
func rewrite(t *testing.T, file []byte, edit func(string) string) []byte {
	t.Helper()
	info, encrypted, err := openFile(file)
	if err != nil {
		t.Fatal(err)
	}
	edited := edit(string(info))
	if edited == string(info) {
		t.Fatal("the edit changed nothing")
	}
	return writeContainer([]node{{name: infoStream, data: []byte(edited)}, {name: packageStream, data: encrypted}})
}

func TestWhatIsNotSupported(t *testing.T) {
	file := seal(t, content(100))
	replace := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	tests := map[string]func(string) string{
		"standard encryption":    func(s string) string { return "\x04\x00\x02\x00" + s[4:] },
		"another hash":           replace("SHA512", "MD5"),
		"another cipher":         replace(`"AES"`, `"RC4"`),
		"another mode":           replace("ChainingModeCBC", "ChainingModeCFB"),
		"another key length":     replace(`keyBits="256"`, `keyBits="40"`),
		"too many spins":         replace(`spinCount="3"`, `spinCount="10000001"`),
		"certificates only":      replace(passwordKeyEncryptor+`"><p:`, `urn:certificate"><p:`),
		"no integrity value":     func(s string) string { return cut(s, "<dataIntegrity", "/>") },
		"a namespace of its own": replace(`xmlns:p="`+passwordKeyEncryptor, `xmlns:p="urn:x`),
	}
	for name, edit := range tests {
		var refused *UnsupportedError
		if _, err := Decrypt(rewrite(t, file, edit), phrase); !errors.As(err, &refused) {
			t.Errorf("%s: %v, want an UnsupportedError", name, err)
		}
	}
}

// cut takes away what lies from start to the end of end.
func cut(s, start, end string) string {
	from := strings.Index(s, start)
	to := from + strings.Index(s[from:], end) + len(end)
	return s[:from] + s[to:]
}

func TestWhatIsDamaged(t *testing.T) {
	file := seal(t, content(100))
	replace := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	tests := map[string]func(string) string{
		"too short":             func(s string) string { return s[:7] },
		"no XML":                func(s string) string { return s[:8] + "hello" },
		"another root":          replace("<encryption", "<other"),
		"too long":              func(s string) string { return s + strings.Repeat(" ", maxDescriptorBytes) },
		"wrong salt size":       replace(`saltSize="16"`, `saltSize="17"`),
		"wrong block size":      replace(`blockSize="16"`, `blockSize="8"`),
		"wrong hash size":       replace(`hashSize="64"`, `hashSize="20"`),
		"no verifier":           func(s string) string { return cut(s, ` encryptedVerifierHashValue`, `="`) },
		"integrity cut to 16":   func(s string) string { return cutValue(s, "encryptedHmacValue") },
		"package key not whole": func(s string) string { return cutValue(s, "encryptedKeyValue") },
	}
	for name, edit := range tests {
		if _, err := Decrypt(rewrite(t, file, edit), phrase); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: %v, want ErrTampered", name, err)
		}
	}
}

// cutValue leaves four base64 digits of an attribute.
func cutValue(s, attribute string) string {
	start := strings.Index(s, attribute+`="`) + len(attribute) + 2
	end := start + strings.Index(s[start:], `"`)
	return s[:start] + "AAAA" + s[end:]
}

// TestFileOfAnotherWriter opens a file that officecrypto-tool 0.0.19 (JavaScript) encrypted,
// so that reader and writer cannot share a misunderstanding.
func TestFileOfAnotherWriter(t *testing.T) {
	file, err := os.ReadFile("testdata/officecrypto.docx")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/plain.docx")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decrypt(file, "six words nobody has put together")
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes, %v; want the %d of plain.docx", len(got), err, len(want))
	}
	if _, err := Decrypt(file, "six words"); !errors.Is(err, ErrWrongPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
}

func TestDigestNames(t *testing.T) {
	for name, want := range map[string]int{"SHA1": 20, "SHA-1": 20, "sha256": 32, "SHA-384": 48, "SHA512": 64} {
		if d, err := digestNamed(name); err != nil || d.size != want {
			t.Errorf("%s: %d bytes, %v; want %d", name, d.size, err, want)
		}
	}
	if diff := cmp.Diff(`encrypted Office file not supported: hash "WHIRLPOOL"`, fmt.Sprint(errOf(digestNamed("WHIRLPOOL")))); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

func errOf[T any](_ T, err error) error { return err }

func FuzzDecrypt(f *testing.F) {
	f.Add(seal(f, content(10)))
	f.Add(seal(f, content(5000)))
	f.Add(writeContainer([]node{{name: infoStream, data: []byte("\x04\x00\x04\x00\x40\x00\x00\x00<encryption/>")}, {name: packageStream}}))
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := decryptWithin(file, phrase, 10)
		if err != nil && got != nil {
			t.Errorf("%d bytes given out beside %v", len(got), err)
		}
	})
}

// A form as it is sent is 90 kB, one with a photograph and much text 400 kB.
func BenchmarkEncrypt(b *testing.B) {
	for _, size := range []int{90_000, 400_000, 5_000_000} {
		b.Run(fmt.Sprintf("%dkB", size/1000), func(b *testing.B) {
			pkg := content(size)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Encrypt(pkg, phrase, rand.Reader); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "files/s")
		})
	}
}

func BenchmarkDecrypt(b *testing.B) {
	file, err := Encrypt(content(40_000), phrase, rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decrypt(file, phrase); err != nil {
			b.Fatal(err)
		}
	}
}

func TestSpinsTellWhatATryCosts(t *testing.T) {
	sealed, err := Encrypt(content(100), phrase, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Spins(sealed); got != spins || err != nil {
		t.Errorf("%d spins and %v, want %d", got, err, spins)
	}
	if _, err := Spins([]byte("PK")); !errors.Is(err, ErrNotEncrypted) {
		t.Errorf("a plain file gives %v", err)
	}
}
