-- Returned forms that came unprotected from an address that is not secure: they
-- are found without opening any, until a person has told whoever sent them.

-- +goose Up
ALTER TABLE returns ADD COLUMN returned_in_clear boolean NOT NULL DEFAULT FALSE;
CREATE INDEX returns_in_clear ON returns (returned_in_clear);

-- +goose Down
DROP INDEX returns_in_clear;
ALTER TABLE returns DROP COLUMN returned_in_clear;
