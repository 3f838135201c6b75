-- Whoever waits for changes is told at the commit, with the number of the last one (data/feed.py, CHANNEL).
CREATE OR REPLACE FUNCTION diming.tell_of_feed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('diming_feed', NEW.seq::text);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER feed_head_moved AFTER UPDATE ON diming.feed_head
FOR EACH ROW WHEN (OLD.seq IS DISTINCT FROM NEW.seq) EXECUTE FUNCTION diming.tell_of_feed();

-- A service that follows one collection does not read past all others.
CREATE INDEX IF NOT EXISTS change_of_collection ON diming.change (collection, seq);
