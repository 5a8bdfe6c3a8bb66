package config

import (
	"errors"
	"strings"
	"testing"
)

func TestTheNotifySectionIsCheckedWhole(t *testing.T) {
	c, err := Parse("/x/pepost.yaml", []byte(first().Text()+"\nnotify: {key_file: notify-key, template: f33517ff-2a88-4f6e-b855-c550268ce08a}\n"))
	if err != nil || !c.Notify.Configured() || c.Notify.KeyFile != "/x/notify-key" {
		t.Errorf("%+v %v", c.Notify, err)
	}
	if c, err := Parse("/x/pepost.yaml", []byte(first().Text())); err != nil || c.Notify.Configured() {
		t.Errorf("the first file has one: %+v %v", c.Notify, err)
	}
	for section, field := range map[string]string{
		"{template: f33517ff-2a88-4f6e-b855-c550268ce08a}": "notify.key_file",
		"{key_file: k}":                       "notify.template",
		"{key_file: k, template: passphrase}": "notify.template",
		"{key_file: k, template: f33517ff-2a88-4f6e-b855-c550268ce08a, base_url: \"http://notify.example\"}":      "notify.base_url",
		"{key_file: k, template: f33517ff-2a88-4f6e-b855-c550268ce08a, base_url: \"https://notify.example/x\"}":   "notify.base_url",
		"{key_file: k, template: f33517ff-2a88-4f6e-b855-c550268ce08a, base_url: \"https://a:b@notify.example\"}": "notify.base_url",
	} {
		_, err := Parse("/x/pepost.yaml", []byte(first().Text()+"\nnotify: "+section+"\n"))
		var problems Problems
		if !errors.As(err, &problems) || problems[0].Field != field || problems[0].Hint == "" {
			t.Errorf("%s: %v", section, err)
		}
	}
	if !strings.Contains(first().Text(), "# notify:") {
		t.Error("init does not tell of it")
	}
}
