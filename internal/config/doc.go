// Package config reads, checks and describes pepost.yaml.
//
// It takes the path of the file and gives a [Config] whose paths are absolute
// and whose values hold, or [Problems]: every fault at once, each with line,
// field and hint. Relative paths are read from the file's own folder, so that
// a stopped folder may be moved. It also writes a commented first file. It
// never holds a secret: passwords are read from files or the environment by
// whoever needs them, at the moment they are needed.
package config
