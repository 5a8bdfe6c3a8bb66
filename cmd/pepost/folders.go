package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/pepost/pepost/forms"
	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/word/template"
	"github.com/pepost/pepost/schedules"
	"github.com/pepost/pepost/templates"
)

// configuration reads pepost.yaml, which must be there.
func (p *program) configuration() (config.Config, error) {
	path, err := p.configPath()
	if err != nil {
		return config.Config{}, err
	}
	c, err := config.Load(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, refusedConfig(err, "write one with: pepost init DIR --authority NAME --from ADDRESS")
	}
	return c, err
}

// optionalConfig reads pepost.yaml where there is one; nil where none was
// named or found.
func (p *program) optionalConfig() (*config.Config, error) {
	path, err := p.configPath()
	if err != nil {
		return nil, nil
	}
	c, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	return &c, nil
}

// schedulesOf gives the folder of schedules and the authority: the one named,
// else the configuration's.
func (p *program) schedulesOf(authority string) (fs.FS, string, error) {
	if authority == "" {
		c, err := p.configuration()
		if err != nil {
			return nil, "", err
		}
		return folder(c.Schedules, schedules.FS), c.Authority, nil
	}
	c, err := p.optionalConfig()
	if err != nil {
		return nil, "", err
	}
	own := ""
	if c != nil {
		own = c.Schedules
	}
	return folder(own, schedules.FS), authority, nil
}

// folder is a folder of the installation's own, or the built-in one.
func folder(own string, builtIn fs.FS) fs.FS {
	if own == "" {
		return builtIn
	}
	return os.DirFS(own)
}

func formsOf(c config.Config) fs.FS { return folder(c.Forms, forms.FS) }

func templatesOf(c config.Config) fs.FS { return folder(c.Templates, templates.FS) }

// loadLetters reads the letters: the installation's own file, where its folder
// has one, stands in for the built-in one.
func loadLetters(c config.Config) (letter.Templates, error) {
	if c.Templates == "" {
		return letter.Load(templates.FS)
	}
	if _, err := os.ReadDir(c.Templates); err != nil {
		return letter.Templates{}, fmt.Errorf("reading the templates folder: %w", err)
	}
	return letter.Load(templates.FS, os.DirFS(c.Templates))
}

// loadWordTemplates reads the authority's own forms in Word.
func loadWordTemplates(c config.Config, forms *form.Library) (template.Set, error) {
	if c.Templates == "" || forms == nil {
		return template.Set{}, nil
	}
	return template.LoadSet(os.DirFS(c.Templates), forms)
}

func schedulesFS(c config.Config) fs.FS { return folder(c.Schedules, schedules.FS) }
