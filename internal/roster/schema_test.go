package roster_test

import (
	"encoding/json"
	"testing"

	"github.com/pepost/pepost/internal/roster"
)

func TestSchemaNamesEveryKeyAndTheRowsItDescribesAreTaken(t *testing.T) {
	var schema struct {
		OneOf []any                                          `json:"oneOf"`
		Defs  map[string]struct{ Properties map[string]any } `json:"$defs"`
	}
	if err := json.Unmarshal(roster.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	if len(schema.OneOf) != 4 || len(schema.Defs) != 3 {
		t.Fatalf("%d shapes and %d records, want 4 and 3", len(schema.OneOf), len(schema.Defs))
	}
	for record, definition := range schema.Defs {
		object := map[string]any{}
		for key := range definition.Properties {
			object[key] = ""
		}
		object["record"] = record
		line, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		batch := roster.Read(roster.Input{Files: []roster.File{{Name: "one.jsonl", Data: line}}})
		if len(batch.Tables) != 1 || len(batch.Tables[0].Unknown) != 0 {
			t.Errorf("record %s: tables %+v, unread %+v: want one table and no unknown key", record, batch.Tables, batch.Unread)
		}
	}
}
