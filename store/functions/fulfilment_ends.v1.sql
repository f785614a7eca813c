-- A determination that is in force no more is fulfilled no further, whoever ended it and why: what
-- was paid by then stands in the lines, and a later grant pays the difference.
CREATE FUNCTION fulfilment_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.fulfilment SET state = 'cancelled', changed_at = public.app_now()
        WHERE determination_id = OLD.id AND state <> 'cancelled';
    RETURN NULL;
END;
$$;
CREATE TRIGGER fulfilment_ends AFTER UPDATE OF state ON determination
    FOR EACH ROW WHEN (OLD.state = 'in_force' AND NEW.state <> 'in_force')
    EXECUTE FUNCTION fulfilment_ends();
