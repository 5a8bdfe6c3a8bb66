-- What two people must agree to, and who did: found by keyed hashes of the
-- subject and of the account's name, so that an account counts once. Beside it
-- the passwords that were tried, by the keyed hash of the name, so that
-- guessing is slow whichever process is asked.

-- +goose Up
CREATE TABLE consents (
    subject_hash bytea  NOT NULL,
    account_hash bytea  NOT NULL,
    given_at     bigint NOT NULL,
    sealed       bytea  NOT NULL,
    PRIMARY KEY (subject_hash, account_hash)
);

CREATE TABLE sign_in_tries (
    name_hash bytea  NOT NULL PRIMARY KEY,
    tries     bigint NOT NULL,
    since     bigint NOT NULL
);

-- The delivery policy that the installation goes by: one row.
CREATE TABLE policy_in_force (
    id     bigint NOT NULL PRIMARY KEY,
    sealed bytea  NOT NULL
);

-- +goose Down
DROP TABLE policy_in_force;
DROP TABLE sign_in_tries;
DROP TABLE consents;
