-- All mail to one address stopped, because of an incident: found by the keyed
-- hash of the address in lower case. At most one is open for an address; the
-- closed ones stay.

-- +goose Up
CREATE TABLE freezes (
    address_hash bytea  NOT NULL,
    opened_at    bigint NOT NULL,
    closed_at    bigint NOT NULL,
    sealed       bytea  NOT NULL,
    PRIMARY KEY (address_hash, opened_at)
);
CREATE UNIQUE INDEX freezes_open ON freezes (address_hash) WHERE closed_at = 0;

-- +goose Down
DROP TABLE freezes;
