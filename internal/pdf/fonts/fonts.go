// Package fonts holds the fonts for scripts that Liberation and DejaVu lack or
// draw poorly, cut small from the Noto fonts by `make fonts`, with their
// licence beside them (OFL.txt). It is bytes and no more.
package fonts

import _ "embed" // the files below

// NotoNaskhArabic draws Arabic and the languages that write with its letters,
// such as Urdu, Persian, Pashto and Kurdish; it has the tables for joining
// letters and placing marks.
//
//go:embed NotoNaskhArabic.ttf
var NotoNaskhArabic []byte

// NotoSansEthiopic draws Amharic and Tigrinya.
//
//go:embed NotoSansEthiopic.ttf
var NotoSansEthiopic []byte

// NotoSansSC draws Chinese: GB 2312 and the frequent characters of Big5.
//
//go:embed NotoSansSC.ttf
var NotoSansSC []byte
