//go:build !interop

package storetest

const serverRequired = false
