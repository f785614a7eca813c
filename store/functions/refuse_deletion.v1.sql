-- Stands in for foreign keys that are not enforced. Once per statement, and of an update only if it
-- names the key: nothing pays for it.
CREATE FUNCTION refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of table % are referred to: none is deleted or given another key',
        TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER application_kept BEFORE DELETE OR UPDATE OF id ON application
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_deletion();
CREATE TRIGGER visit_kept BEFORE DELETE OR UPDATE OF id ON visit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_deletion();
CREATE TRIGGER parameter_set_kept BEFORE DELETE OR UPDATE OF hash ON parameter_set
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_deletion();
