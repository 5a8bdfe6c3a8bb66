package office

import "encoding/binary"

// The names of the streams of an encrypted file (MS-OFFCRYPTO section 2.3.4).
const (
	infoStream    = "EncryptionInfo"
	packageStream = "EncryptedPackage"

	dataSpaceName = "StrongEncryptionDataSpace"
	transformName = "StrongEncryptionTransform"
)

// dataSpaces gives the storage that tells Office which transform turns the
// encrypted stream into a package (MS-OFFCRYPTO section 2.1.2). It is the same
// in every file.
func dataSpaces() node {
	return node{name: "\x06DataSpaces", children: []node{
		{name: "Version", data: dataSpaceVersion()},
		{name: "DataSpaceMap", data: dataSpaceMap()},
		{name: "DataSpaceInfo", children: []node{
			{name: dataSpaceName, data: dataSpaceDefinition()},
		}},
		{name: "TransformInfo", children: []node{
			{name: transformName, children: []node{
				{name: "\x06Primary", data: transformInfo()},
			}},
		}},
	}}
}

// words writes 32-bit numbers, little end first.
func words(values ...uint32) []byte {
	var out []byte
	for _, v := range values {
		out = binary.LittleEndian.AppendUint32(out, v)
	}
	return out
}

// prefixed writes a string as a UNICODE-LP-P4 (MS-OFFCRYPTO section 2.1.2):
// its length in bytes, UTF-16, filled up to four bytes.
func prefixed(text string) []byte {
	units := utf16LE(text)
	out := append(words(uint32(len(units))), units...)
	for len(out)%4 != 0 {
		out = append(out, 0)
	}
	return out
}

func join(parts ...[]byte) []byte {
	var out []byte
	for _, part := range parts {
		out = append(out, part...)
	}
	return out
}

// versions are reader, updater and writer version 1.0.
func versions() []byte { return words(1, 1, 1) }

// dataSpaceVersion is the DataSpaceVersionInfo of section 2.1.5.
func dataSpaceVersion() []byte {
	return join(prefixed("Microsoft.Container.DataSpaces"), versions())
}

// dataSpaceMap is the DataSpaceMap of section 2.1.6, with its one entry.
func dataSpaceMap() []byte {
	const streamComponent = 0
	entry := join(words(1, streamComponent), prefixed(packageStream), prefixed(dataSpaceName))
	return join(words(8, 1), words(uint32(len(entry)+4)), entry)
}

// dataSpaceDefinition is the DataSpaceDefinition of section 2.1.7.
func dataSpaceDefinition() []byte {
	return join(words(8, 1), prefixed(transformName))
}

// transformInfo is the TransformInfoHeader of section 2.1.8 with the
// EncryptionTransformInfo of section 2.1.9. Agile encryption leaves the
// cipher fields of the latter empty: the EncryptionInfo stream has them.
func transformInfo() []byte {
	const passwordTransform, reserved = 1, 4
	id := prefixed("{FF9A3F03-56EF-4613-BDD5-5A41C1D07246}")
	header := join(words(uint32(len(id)+8), passwordTransform), id)
	return join(header, prefixed("Microsoft.Container.EncryptionTransform"), versions(), words(0, 0, 0, reserved))
}
