-- Who may sign in to the page. Names, roles and password hashes are sealed; a
-- name is found by the keyed hash of its lower-case letters.

-- +goose Up
CREATE TABLE accounts (
    name_hash bytea  NOT NULL PRIMARY KEY,
    sealed    bytea  NOT NULL
);

-- +goose Down
DROP TABLE accounts;
