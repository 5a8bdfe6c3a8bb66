-- The invitations for the calendar that were made: which version of each was
-- given out last. Identifiers and details are keyed hashes of the installation
-- and tell nothing of the child or the person, so that nothing here is sealed.

-- +goose Up
CREATE TABLE invitations (
    uid       text   NOT NULL PRIMARY KEY,
    sequence  bigint NOT NULL,
    details   text   NOT NULL,
    cancelled bigint NOT NULL,
    made_at   bigint NOT NULL
);

-- +goose Down
DROP TABLE invitations;
