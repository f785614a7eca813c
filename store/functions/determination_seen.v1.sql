-- No determination comes to be, or into force, without an event of it that the same transaction
-- writes: whoever holds the application's login can make none that is not on the sealed trail.
CREATE FUNCTION determination_seen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.event AS e WHERE e.application_id = NEW.application_id
            AND e.type IN ('determination.proposed', 'determination.made')
            AND e.recorded_at >= transaction_timestamp()
    ) THEN
        RAISE EXCEPTION 'determination % of application % is on no trail',
            NEW.id, NEW.application_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$$;
CREATE CONSTRAINT TRIGGER determination_seen AFTER INSERT OR UPDATE OF state ON determination
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state IN ('proposed', 'in_force'))
    EXECUTE FUNCTION determination_seen();
