package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versionInfo is what version --json prints.
type versionInfo struct {
	Version      string `json:"version"`
	Commit       string `json:"commit"`
	Go           string `json:"go"`
	Database     string `json:"database"`
	PublicSuffix string `json:"public_suffix_data"`
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "version, commit, Go, database driver and public-suffix data",
		Example: "  pepost version --json", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return p.version() },
	}
}

func (p *program) version() error {
	info := versionInfo{
		Version: version, Commit: commit, Go: runtime.Version(),
		Database:     moduleVersion("modernc.org/sqlite") + ", " + moduleVersion("github.com/jackc/pgx/v5"),
		PublicSuffix: moduleVersion("golang.org/x/net"),
	}
	if p.flags.json {
		return p.printJSON(info)
	}
	p.table([][]string{
		{"pepost", info.Version},
		{"commit", info.Commit},
		{"go", info.Go},
		{"database", info.Database},
		{"public-suffix data", info.PublicSuffix},
	})
	return nil
}

// moduleVersion is a linked module with its version, which dates its data.
func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return path
	}
	for _, module := range info.Deps {
		if module.Path == path {
			return fmt.Sprintf("%s %s", path, module.Version)
		}
	}
	return path
}
