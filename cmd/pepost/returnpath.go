package main

import (
	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/pipeline"
)

// returnPathOf is how delivery reports are led back.
func returnPathOf(c config.Config) pipeline.ReturnPath {
	path := pipeline.ReturnPath{Plus: pipeline.PlusAuto, Separator: c.Returns.Separator}
	switch c.Returns.Plus {
	case config.PlusAuto:
	case config.PlusAlways:
		path.Plus = pipeline.PlusAlways
	case config.PlusNever:
		path.Plus = pipeline.PlusNever
	}
	return path
}
