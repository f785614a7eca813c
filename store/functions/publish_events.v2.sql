-- Every event reaches the webhooks of its bureaus, and of the system that filed the application, in
-- the transaction that writes it. Of an application that is a trial only the latter are told.
CREATE FUNCTION publish_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM webhook_endpoint WHERE disabled_at IS NULL) THEN
        WITH told AS (
            INSERT INTO delivery (event_id, application_id, recipient_kind, recipient, channel,
                endpoint_id, state, created_at)
            SELECT e.id, e.application_id, 'system', w.bureau || '/' || w.id, 'webhook',
                w.id, 'pending', app_now()
            FROM fresh AS e
            JOIN application AS a ON a.id = e.application_id
            JOIN webhook_endpoint AS w ON w.disabled_at IS NULL
                AND CASE WHEN w.client IS NOT NULL THEN w.client = a.client
                    ELSE NOT a.is_trial
                        AND (w.bureau = a.lead_bureau OR w.bureau = ANY (a.copied_bureaus)
                             OR w.bureau = e.data ->> 'bureau') END
                AND (w.event_types = '{}' OR e.type = ANY (w.event_types))
            -- Who read what is for the auditor alone.
            WHERE e.type NOT LIKE 'access.%'
            ORDER BY e.id, w.id
            ON CONFLICT DO NOTHING
            RETURNING id
        )
        INSERT INTO work_item (stage, subject_id, not_before, created_at)
        SELECT 'notify', id, app_now(), app_now() FROM told ORDER BY id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER event_published AFTER INSERT ON event
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION publish_events();
