-- The OpenPGP keys of recipients: all of one address in one row, found by the
-- keyed hash of the canonical address in lower case.

-- +goose Up
CREATE TABLE pgp_keys (
    address_hash bytea  NOT NULL PRIMARY KEY,
    version      bigint NOT NULL,
    sealed       bytea  NOT NULL
);

-- +goose Down
DROP TABLE pgp_keys;
