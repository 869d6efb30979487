-- What was known of all payments, by all runs together: a list of marks of package
-- payment, packed. A run that knows less has lost a log.
CREATE TABLE known (
    id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    marks BLOB    NOT NULL
) STRICT;
