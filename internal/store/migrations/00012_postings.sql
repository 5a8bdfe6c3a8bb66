-- The Royal Mail numbers of posted letters: each stands on one letter alone.
-- They are nobody's personal data.

-- +goose Up
CREATE TABLE postings (
    number   text NOT NULL PRIMARY KEY,
    delivery text NOT NULL UNIQUE REFERENCES deliveries (id)
);

-- +goose Down
DROP TABLE postings;
