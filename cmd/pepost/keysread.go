package main

import (
	"context"
	"strings"

	"github.com/pepost/pepost/internal/pipeline"
)

// readOnce are the keys on file as they were read: route answers thousands of
// questions in one run, with the database closed again.
type readOnce struct {
	pipeline.Keys
	byAddress map[string]pipeline.KeysOnFile
}

func readKeys(all []pipeline.KeysOnFile) readOnce {
	r := readOnce{byAddress: make(map[string]pipeline.KeysOnFile, len(all))}
	for _, onFile := range all {
		r.byAddress[strings.ToLower(onFile.Address)] = onFile
	}
	return r
}

// KeysOf is the pipeline's.
func (r readOnce) KeysOf(_ context.Context, canonical string) (pipeline.KeysOnFile, error) {
	return r.byAddress[strings.ToLower(canonical)], nil
}
