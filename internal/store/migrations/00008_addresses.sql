-- The address book: what is known of each mailbox, which addresses were
-- recorded for one person, and the domains with those they are like. Addresses,
-- domains and people's words are sealed; everything is found by keyed hash. An
-- address that only the outbox knows is not sealed until an export names it.

-- +goose Up
CREATE TABLE addresses (
    address_hash bytea  NOT NULL PRIMARY KEY,
    domain_hash  bytea,
    source       text   NOT NULL,
    seen_at      bigint NOT NULL,
    used_at      bigint NOT NULL,
    delivered_at bigint NOT NULL,
    bounced_at   bigint NOT NULL,
    confirmed_at bigint NOT NULL,
    refused_at   bigint NOT NULL,
    sealed       bytea
);
CREATE INDEX addresses_domain ON addresses (domain_hash);

CREATE TABLE address_people (
    person_hash  bytea   NOT NULL,
    address_hash bytea   NOT NULL,
    replaced     boolean NOT NULL,
    PRIMARY KEY (person_hash, address_hash)
);
CREATE INDEX address_people_address ON address_people (address_hash);

CREATE TABLE address_domains (
    domain_hash bytea  NOT NULL PRIMARY KEY,
    seen_at     bigint NOT NULL,
    sealed      bytea  NOT NULL
);

CREATE TABLE address_posts (
    person_hash bytea  NOT NULL PRIMARY KEY,
    changed_at  bigint NOT NULL
);

-- Whoever was sent to before there was a book is known to it; a message that
-- came back left last, so far as these columns tell.
INSERT INTO addresses (address_hash, domain_hash, source, seen_at, used_at, delivered_at, bounced_at, confirmed_at, refused_at, sealed)
SELECT recipient_hash, NULL, '', 0, max(left_at), 0, max(CASE WHEN state = 'bounced' THEN left_at ELSE 0 END), 0, 0, NULL
FROM deliveries WHERE left_at <> 0 AND state <> 'posted' GROUP BY recipient_hash HAVING length(recipient_hash) > 0;

-- +goose Down
DROP TABLE address_posts;
DROP TABLE address_domains;
DROP TABLE address_people;
DROP TABLE addresses;
