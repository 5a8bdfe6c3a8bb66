package opc

// RefusalCode says in one word why a file is not read. The codes are part of
// the command line's contract.
type RefusalCode string

// The codes.
const (
	// NotDocx is anything that is no Word document of the XML kind.
	NotDocx RefusalCode = "not_docx"
	// Macro is a document that carries a program.
	Macro RefusalCode = "macro"
	// Encrypted is a document behind a passphrase.
	Encrypted RefusalCode = "encrypted"
	// Bomb is a file that would unpack to more than a form can be.
	Bomb RefusalCode = "bomb"
	// ExternalContent is a document that fetches a part of itself from
	// elsewhere when it is opened.
	ExternalContent RefusalCode = "external_content"
	// EmbeddedObject is a document with another file or a control inside.
	EmbeddedObject RefusalCode = "embedded_object"
	// Corrupt is a document whose parts contradict each other.
	Corrupt RefusalCode = "corrupt"
	// UnknownForm is a sound document that is none of our forms.
	UnknownForm RefusalCode = "unknown_form"
)

// RefusalCodes lists every code.
func RefusalCodes() []RefusalCode {
	return []RefusalCode{NotDocx, Macro, Encrypted, Bomb, ExternalContent, EmbeddedObject, Corrupt, UnknownForm}
}

// RefusedError is a file that is not read. Detail is for an officer and never
// quotes the file's content.
type RefusedError struct {
	Code   RefusalCode
	Detail string
}

// Error is the code and the detail.
func (e *RefusedError) Error() string { return string(e.Code) + ": " + e.Detail }

func refuse(code RefusalCode, detail string) *RefusedError {
	return &RefusedError{Code: code, Detail: detail}
}
